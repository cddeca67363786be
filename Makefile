# The project's chores. `make demo` and `make test` are all that a new machine needs.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
# Everything static: see docs/decisions/0002.
STATIC_LIBRARIES := ssl crypto archive z bz2 lzma lz4 zstd
RELEASE := swift build -c release --static-swift-stdlib --product chalk-image -Xswiftc -static-executable \
	-Xlinker -s \
	$(foreach library,$(STATIC_LIBRARIES),-Xlinker -l$(library))
# The linker's word on each call of the C library that may look for a plug-in: known, see the decision.
KNOWN := in statically linked applications requires at runtime

.PHONY: help demo test lint build release bench install-build install-test install-bench test-tools clean

help:
	@echo "make demo     build chalk-image, a base image and Fixtures/quickstart, and run the result"
	@echo "make test     install what the tests need and run them all"
	@echo "make lint     formatting and import arrows"
	@echo "make release  the static binary: .build/release/chalk-image"
	@echo "make bench    measure it beside its peers (docs/benchmarks.md); BENCH='--scale 0.1' for a quick look"
	@echo "make install  put it into PREFIX/bin (default /usr/local)"

demo: release
	@.ci/demo

test: install-test test-tools
	@.ci/test
	@swift test --package-path Benchmarks

lint:
	@.ci/lint

release: install-build
	@$(RELEASE) 2>&1 | { grep -v '$(KNOWN)' || true; }
# Written in one go, the file lies in larger pieces in the page cache than the linker leaves it in: it starts a fifth
# faster (`make bench`: start-up).
	@cd .build/release && cp chalk-image chalk-image.whole && mv chalk-image.whole chalk-image

# Statically linked: what the bench holds of memory, no peer can show less than.
bench: release install-bench
	@swift build -c release --static-swift-stdlib --package-path Benchmarks --product bench
	@Benchmarks/.build/release/bench $(BENCH)

install-build:
	@.ci/install build

install-test:
	@.ci/install build test

install-bench:
	@.ci/install build bench

test-tools: install-test
	@.ci/test-tools

PREFIX ?= /usr/local
install: release
	install -D -m 0755 .build/release/chalk-image $(DESTDIR)$(PREFIX)/bin/chalk-image

clean:
	rm -rf .build Benchmarks/.build
