# make demo    try it: sandbox API and service, tokens rolled and published before your eyes
# make test    the whole suite
# make lint    format, scripts, unit, manual pages, pictures
# make build   release binaries in .build/release
# make soak    the long forms: SEEDS= simulated worlds of a hundred entries and ten years, a million inputs each
#              for the fuzzers, and the walks and the endurance test of docs/reliability.md
# make deb     Debian packages in .build/deb
# make pictures
#              the pictures of the README, docs/pictures/*.svg: builds what is missing, runs it, draws what it prints
# make install DESTDIR= PREFIX=

SWIFT ?= swift
BUILD = .build/release
# The Swift runtime goes in, so that the binary needs nothing but Debian's libraries.
RELEASE = $(SWIFT) build -c release --static-swift-stdlib

.PHONY: all build demo test unit booted lint deb bench soak packages programs pictures clean

all: build

packages:
	@deploy/install-packages.sh

build: packages
	$(RELEASE) --product tokenroll
	$(RELEASE) --product tokenroll-sandbox

programs: packages
	$(SWIFT) build --product tokenroll
	$(SWIFT) build --product tokenroll-sandbox

demo: programs
	@deploy/demo.sh .build/debug

pictures: programs
	@docs/pictures/make.py .build/debug

test: packages
	@Tests/run.sh

lint: packages
	@deploy/lint.sh

deb: packages
	@deploy/build-deb.sh

bench: build
	$(RELEASE) --product durability-benchmark
	$(RELEASE) --product idle-dispatch
	@Benchmarks/run.sh

SEEDS = 200
FIRST = 1

soak:
	$(SWIFT) build -c release --product simulation
	.build/release/simulation --entries 100 --years 10 --seeds $(SEEDS) --first $(FIRST)
	Tests/fuzz.sh 1000000
	TOKENROLL_SOAK=1 $(SWIFT) test --filter EndToEndTests

clean:
	rm -rf .build

-include deploy/install.mk
