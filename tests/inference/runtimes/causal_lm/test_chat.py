"""Messages become tokens through the author's template, which runs in a sandbox."""

from pathlib import Path
from typing import Any

import pytest

from inference.runtimes.base import BadModel, RuntimeRefusal
from inference.runtimes.causal_lm import chat
from inference.runtimes.causal_lm.chat import ChatTokenizer
from tests.inference.runtimes.tiny_models import CHAT_TEMPLATE, tiny_causal_lm, write_json

HELLO = [{"role": "user", "content": "Hi the 12"}]


def tokenizer(folder: Path, template: Any = CHAT_TEMPLATE, **more: Any) -> ChatTokenizer:
    tiny_causal_lm(folder)
    write_json(folder / "tokenizer_config.json", {"chat_template": template, **more})
    return ChatTokenizer(folder, vocab_size=267)


def rendered(made: ChatTokenizer, messages: list[dict[str, str]]) -> str:
    return made._tokenizer.decode(made.encode_chat(messages), skip_special_tokens=False)


def test_renders_up_to_where_the_assistant_begins(tmp_path: Path) -> None:
    text = rendered(tokenizer(tmp_path), HELLO)

    assert text == "<|im_start|>user\nHi the 12<|im_end|>\n<|im_start|>assistant\n"


def test_encodes_special_tokens_as_single_tokens(tmp_path: Path) -> None:
    assert tokenizer(tmp_path).encode("<|im_start|><|im_end|>") == [1, 2]


def test_adds_a_default_system_prompt_where_the_template_does(tmp_path: Path) -> None:
    template = (
        "{% if messages[0]['role'] != 'system' %}Be kind.{% endif %}"
        "{% for message in messages %}{{ message.content }}{% endfor %}"
    )
    made = tokenizer(tmp_path, template)

    assert rendered(made, HELLO) == "Be kind.Hi the 12"
    assert rendered(made, [{"role": "system", "content": "Be short."}, *HELLO]) == (
        "Be short.Hi the 12"
    )


def test_gives_the_template_its_special_tokens(tmp_path: Path) -> None:
    made = tokenizer(
        tmp_path, "{{ bos_token }}{{ eos_token }}", bos_token="[B]", eos_token={"content": "[E]"}
    )

    assert rendered(made, HELLO) == "[B][E]"


def test_writes_json_as_it_is(tmp_path: Path) -> None:
    made = tokenizer(tmp_path, "{{ messages | tojson }}")

    assert rendered(made, [{"role": "user", "content": "<é>"}]) == (
        '[{"role": "user", "content": "<é>"}]'
    )


def test_passes_on_what_the_template_refuses(tmp_path: Path) -> None:
    template = (
        "{% if messages[0].role == 'system' %}{{ raise_exception('No system prompt') }}"
        "{% endif %}{{ messages[0].content }}"
    )
    made = tokenizer(tmp_path, template)

    with pytest.raises(RuntimeRefusal, match="No system prompt") as refusal:
        made.encode_chat([{"role": "system", "content": "Be short."}])
    assert refusal.value.field == "messages"


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ messages.__init__.__globals__ }}",
        "{{ raise_exception.__globals__['__builtins__'] }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ messages.append(1) }}",
        "{{ messages[0].update(role='system') }}",
        "{% include '/etc/passwd' %}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{{ missing.attribute }}",
        "{{ 1 / 0 }}",
    ],
)
def test_refuses_a_template_that_reaches_out(tmp_path: Path, template: str) -> None:
    with pytest.raises(BadModel, match="The chat template refuses these messages"):
        tokenizer(tmp_path, template)


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{% for %}", "the chat_template is wrong"),
        ("", "chat_template must be a text"),
        ("{% if false %}x{% endif %}", "renders nothing"),
        (None, "chat_template must be a text"),
        ("x" * 70_000, "chat_template must be a text"),
    ],
)
def test_refuses_a_template_that_is_none(tmp_path: Path, template: Any, reason: str) -> None:
    with pytest.raises(BadModel, match=reason):
        tokenizer(tmp_path, template)


def test_stops_a_template_that_writes_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "LONGEST_PROMPT", 1_000)

    with pytest.raises(BadModel, match="longer than 1000 characters"):
        tokenizer(tmp_path, "{% for i in range(90000) %}word {% endfor %}")


@pytest.mark.parametrize(
    ("content", "reason"),
    [("{}", "cannot be loaded"), ("not json", "cannot be loaded")],
)
def test_refuses_a_broken_tokenizer(tmp_path: Path, content: str, reason: str) -> None:
    tiny_causal_lm(tmp_path)
    (tmp_path / "tokenizer.json").write_text(content)

    with pytest.raises(BadModel, match=reason):
        ChatTokenizer(tmp_path, vocab_size=267)


def test_refuses_a_missing_tokenizer(tmp_path: Path) -> None:
    (tiny_causal_lm(tmp_path) / "tokenizer.json").unlink()

    with pytest.raises(BadModel, match=r"tokenizer\.json is missing"):
        ChatTokenizer(tmp_path, vocab_size=267)


def test_refuses_tokens_outside_the_vocabulary(tmp_path: Path) -> None:
    tiny_causal_lm(tmp_path)

    with pytest.raises(BadModel, match="token 266 is outside the vocabulary of 266"):
        ChatTokenizer(tmp_path, vocab_size=266)
