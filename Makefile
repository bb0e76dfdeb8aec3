# build: the product at target/release/mypark. demo: everything in a browser, with no account.
# test: every check, as CI runs it. demo-reset: the demo starts anew. bench, fuzz, audit: when asked.
.PHONY: build assets demo demo-reset test bench fuzz audit

# The product's build on a fresh clone leaves an empty bundle behind; only a real one counts.
BUNDLE := static/node_modules/.built
$(shell test -s static/dist/app.js -a -s static/fonts/PTSans-Bold.ttf || rm -f $(BUNDLE))

build: assets
	cargo build --release --locked -p server

assets: $(BUNDLE)

static/node_modules/.package-lock.json: static/package.json static/package-lock.json
	cd static && npm ci --no-audit --no-fund
	touch $@

$(BUNDLE): static/node_modules/.package-lock.json static/build.mjs static/app.css static/console.css $(wildcard static/css/* static/src/*)
	cd static && npm run --silent build
	touch $@

# cargo stays the parent of the demo, so that Ctrl+C reaches both.
demo: assets
	.ci/need gcc libc6-dev
	cargo run --locked -p sandbox --bin mypark-demo

demo-reset:
	rm -rf "$${DEMO_DIR:-data/demo}"

test:
	tests/run.sh

bench: assets
	.ci/need gcc libc6-dev postgresql
	cargo build --release --locked -p tests --bin bench
	POSTGRES_FSYNC=on tests/with-postgres.sh cargo run --release --locked -p tests --bin bench

# Ten minutes of damaged webhooks for the parser; FUZZ_SECONDS says how many seconds else.
fuzz: assets
	FUZZ_SECONDS="$${FUZZ_SECONDS:-600}" cargo test --locked --workspace --lib mutated_forms -- --ignored --nocapture

audit:
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check
