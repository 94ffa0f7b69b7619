# Everything is in make.py, which also runs where there is no make: python make.py report
PYTHON := $(shell for name in python3.11 python3 python3.12 python3.13; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

.PHONY: help report test lab doctor setup clean lock environment
help report test lab doctor setup clean lock environment:
	@$(or $(PYTHON),python3) make.py $@ $(ARGS)
