// The values that this library's API shows live on the first floor; who imports the library sees them too.
@_exported public import ChalkOCI
@_exported public import struct ChalkRegistry.RetryPolicy
