"""Turns messages into tokens and tokens into text. Torch-free.

A chat template is an author's program; it runs in jinja's immutable sandbox, sees nothing but
the messages and the special tokens, and may write only so much.
"""

from collections.abc import Mapping, Sequence
from json import dumps
from pathlib import Path
from typing import Any, NoReturn

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer

from inference.runtimes.base import BadModel, RuntimeRefusal
from inference.runtimes.config_file import Section, read_object

Message = Mapping[str, str]

LARGEST_TOKENIZER = 64 * 1024 * 1024
LONGEST_TEMPLATE = 64 * 1024
LONGEST_PROMPT = 4_000_000
PROBE: tuple[Message, ...] = ({"role": "user", "content": "Hello"},)


class TemplateRefusal(Exception):
    """What a template says when it calls ``raise_exception``."""


class ChatTokenizer:
    """The tokenizer and the chat template of one version."""

    def __init__(self, folder: Path, *, vocab_size: int) -> None:
        self._tokenizer = read_tokenizer(folder / "tokenizer.json", vocab_size=vocab_size)
        source, self._tokens = read_template(folder)
        try:
            self._template = _environment().from_string(source)
        except TemplateError as error:
            raise BadModel(f"tokenizer_config.json: the chat_template is wrong: {error}") from None
        self._probe()

    def encode_chat(self, messages: Sequence[Message]) -> list[int]:
        """Render ``messages`` up to where the assistant begins; raises ``RuntimeRefusal``."""
        try:
            return self.encode(self._render(messages))
        except TemplateRefusal as refusal:
            raise RuntimeRefusal("messages", str(refusal)) from None
        except MemoryError:
            reason = "The chat template needs more memory than it may use."
            raise RuntimeRefusal("messages", reason) from None
        except Exception as error:  # an author's program may fail in any way
            reason = f"The chat template refuses these messages: {error}"
            raise RuntimeRefusal("messages", reason) from None

    def encode(self, text: str) -> list[int]:
        """Encode ``text`` as it is, special tokens included, none added."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Decode tokens, leaving special ones out."""
        text: str = self._tokenizer.decode(ids, skip_special_tokens=True)
        return text

    def _probe(self) -> None:
        try:
            prompt = self.encode_chat(PROBE)
        except RuntimeRefusal as refusal:
            raise BadModel(f"tokenizer_config.json: {refusal}") from None
        if not prompt:
            raise BadModel("tokenizer_config.json: the chat_template renders nothing.")

    def _render(self, messages: Sequence[Message]) -> str:
        pieces: list[str] = []
        length = 0
        for piece in self._template.generate(
            messages=[dict(message) for message in messages],
            add_generation_prompt=True,
            raise_exception=_raise_exception,
            **self._tokens,
        ):
            pieces.append(piece)
            length += len(piece)
            if length > LONGEST_PROMPT:
                raise TemplateRefusal(f"The prompt is longer than {LONGEST_PROMPT} characters.")
        return "".join(pieces)


def read_tokenizer(path: Path, *, vocab_size: int) -> Tokenizer:
    """Load ``tokenizer.json``, whose tokens must fit the model's vocabulary."""
    if not path.is_file():
        raise BadModel(f"{path.name} is missing.")
    if path.stat().st_size > LARGEST_TOKENIZER:
        raise BadModel(f"{path.name} is larger than {LARGEST_TOKENIZER} bytes.")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise BadModel(f"{path.name} cannot be loaded: {error}") from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    largest = max(tokenizer.get_vocab(with_added_tokens=True).values(), default=-1)
    if not 0 <= largest < vocab_size:
        raise BadModel(f"{path.name}: token {largest} is outside the vocabulary of {vocab_size}.")
    return tokenizer


def read_template(folder: Path) -> tuple[str, dict[str, str]]:
    """Read the chat template and the special tokens that it may name."""
    section = Section(read_object(folder / "tokenizer_config.json"), "tokenizer_config.json")
    source = section.text("chat_template", longest=LONGEST_TEMPLATE)
    tokens = {}
    for name in ("bos_token", "eos_token", "unk_token", "pad_token"):
        value = section.values.get(name)
        text = value.get("content") if isinstance(value, dict) else value
        if isinstance(text, str):
            tokens[name] = text
    return source, tokens


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = _to_json
    return environment


def _to_json(value: Any, indent: int | None = None) -> str:
    return dumps(value, ensure_ascii=False, indent=indent)


def _raise_exception(message: str) -> NoReturn:
    raise TemplateRefusal(str(message))
