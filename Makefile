.DEFAULT_GOAL := help
.PHONY: help run test check fix bench migrations docs setup

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: ## the whole marketplace at http://127.0.0.1:8000 (HOST, PORT, STOA_DATA_DIR)
	@scripts/setup
	@exec .venv/bin/python -u manage.py run

test: ## the whole suite on the embedded defaults (PYTEST="-k name" for a part)
	@scripts/setup dev
	@scripts/test $(PYTEST)

check: ## format, lint, types, import walls, migrations, API schema, sizes
	@scripts/setup dev
	@scripts/check

fix: ## change the files that check complains about, where it can
	@scripts/setup dev
	@.venv/bin/ruff check --fix-only --quiet . ; .venv/bin/ruff format --quiet . ; \
	  git ls-files 'templates/*.html' | xargs .venv/bin/djade --target-version 5.2

bench: ## speed and memory, as ratios
	@scripts/setup dev
	@.venv/bin/python -m bench

migrations: ## make migrations for changed models
	@scripts/setup dev
	@.venv/bin/python manage.py makemigrations

docs: ## write the OpenAPI file into docs/
	@scripts/setup dev
	@.venv/bin/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

setup: ## the virtual environment for development
	@scripts/setup dev
