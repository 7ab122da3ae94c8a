# Every verb is carried out by crate `ci`: `make report`, `make test`, `make setup`, …
report pyperformance test build bench cross nightly trial lint setup tidy:
	@cargo run -q -p ci -- $@

.PHONY: report pyperformance test build bench cross nightly trial lint setup tidy
