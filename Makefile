# make demo    try it: sandbox API and service, tokens rolled and published before your eyes
# make test    the whole suite
# make lint    format, scripts, unit, manual pages
# make build   release binaries in .build/release
# make deb     Debian packages in .build/deb
# make install DESTDIR= PREFIX=

SWIFT ?= swift
BUILD = .build/release

.PHONY: all build demo test unit booted lint deb bench soak packages clean

all: build

packages:
	@deploy/install-packages.sh

build: packages
	$(SWIFT) build -c release --product tokenroll
	$(SWIFT) build -c release --product tokenroll-sandbox

demo: packages
	$(SWIFT) build --product tokenroll
	$(SWIFT) build --product tokenroll-sandbox
	@deploy/demo.sh .build/debug

test: packages
	@Tests/run.sh

lint: packages
	@deploy/lint.sh

deb: packages
	@deploy/build-deb.sh

bench: build
	@Benchmarks/run.sh

clean:
	rm -rf .build

-include deploy/install.mk
