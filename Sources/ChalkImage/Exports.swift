// The values that this library's API shows live on the first floor, and those that say how registries are
// reached beside the client; who imports the library sees them too.
@_exported public import ChalkOCI
@_exported public import ChalkRegistry
