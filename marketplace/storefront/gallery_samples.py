"""What the gallery shows: invented values in the shapes that pages use."""

from datetime import UTC, datetime

from marketplace.core.ui import (
    STATES,
    Bar,
    Chip,
    Choice,
    Crumb,
    Facet,
    FacetValue,
    ListingCard,
    Pair,
    Snippet,
    Span,
    Step,
    Tab,
)

LONG = (
    "A very long name that nobody would choose but somebody will, "
    "sentence-transformers-all-MiniLM-L6-v2-distilled-multilingual-edition"
)
DIGEST = "sha256:9f2c41d07be1a9e88f3d5a60c1f4b7729e6a0d3c58b14efab92c7d10e4f6a853"

COLORS = [
    *("page", "surface", "sunken", "ink", "ink-soft", "ink-faint", "accent", "accent-soft"),
    *("clay", "clay-soft", "success", "warning", "danger"),
    *(f"chart-{place}" for place in range(1, 7)),
]

CURL = """\
curl https://stoa.example/api/v1/predictions \\
  -H "Authorization: Bearer $STOA_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "harbor/smol-chat", "input": {"prompt": "Why is the sea salty?"}}'"""
PYTHON = """\
from openai import OpenAI

client = OpenAI(base_url="https://stoa.example/v1", api_key=key)
answer = client.chat.completions.create(
    model="harbor/smol-chat",
    messages=[{"role": "user", "content": "Why is the sea salty?"}],
    max_tokens=120,  # a ceiling the meter never passes
)
print(answer.choices[0].message.content)"""
JAVASCRIPT = """\
const answer = await fetch("https://stoa.example/api/v1/predictions", {
  method: "POST",
  headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
  body: JSON.stringify({ model: "harbor/smol-chat", input: { prompt } }),
});
console.log(await answer.json());"""

CARDS = [
    ListingCard(
        name="Smol Chat",
        url="#",
        author="Harbor Language Works",
        author_url="#",
        task="text-generation",
        task_label="Chat",
        summary="A small assistant for short answers. Runs on two cores, streams tokens.",
        price="$0.20",
        price_per="million tokens",
        latency="38 ms p50",
        license="Apache-2.0",
        measured=["MMLU 29.8", "signed digest"],
    ),
    ListingCard(
        name="Income Scorer, Parity Edition",
        url="#",
        author="Meridian Analytics",
        author_url="#",
        task="tabular-classification",
        task_label="Tabular",
        summary="Scores household income with an impact ratio above four fifths.",
        price="$0.0004",
        price_per="request",
        latency="1.1 ms p50",
        license="CC-BY-4.0",
        measured=["AUC 0.902", "impact 0.87"],
        stated=["GDPR ready"],
    ),
    ListingCard(
        name=LONG,
        url="#",
        author="An organization with a name that goes on and on",
        task="embeddings",
        task_label="Embeddings",
        summary="Long texts are cut after two lines, so that every card keeps its height. " * 3,
        state="arriving",
    ),
]

STEPS = [
    Step("Format allowlist", "passed", "model.safetensors, config.json, tokenizer.json", "0.1 s"),
    Step("Digest", "passed", DIGEST, "1.4 s"),
    Step("Load in a bounded process", "running", "Resident memory 212 MB of 2 GB"),
    Step("Probe", "queued"),
    Step("Evaluation", "queued"),
]
REFUSED_STEPS = [
    Step("Format allowlist", "failed", "pytorch_model.bin is a pickle; only safetensors is served"),
    Step("Digest", "skipped"),
    Step("License text", "warning", "No SPDX identifier; shown as “other”"),
]
SPANS = [
    Span("Admission", 0, 3.2, "key, entitlement, hold"),
    Span("Queue", 3.2, 11.5, "pool cpu", kind="queue"),
    Span("Batch of 4", 14.7, 4.1, kind="platform"),
    Span("Run", 18.8, 142.6, "smol-chat @ 9f2c41d0 on torch 2.13", kind="run"),
    Span("Settle", 161.4, 5.8, "grouped commit of 12", kind="settle"),
]
PAIRS = [
    Pair("Version", DIGEST, copy=True),
    Pair("Runtime", "causal-lm 1 on torch 2.13"),
    Pair("Accuracy", "0.853", "on 16,281 held-out rows", mark="measured"),
    Pair("Energy for training", "4 kWh", mark="stated"),
    Pair("Hardware", ""),
]
FACETS = [
    Facet(
        "Task",
        "task",
        [
            FacetValue("chat", "Chat", 3, is_selected=True),
            FacetValue("embeddings", "Embeddings", 1),
            FacetValue("tabular", "Tabular", 2),
            FacetValue("forecasting", "Forecasting", 1),
        ],
    ),
    Facet(
        "Latency",
        "latency",
        [FacetValue("10", "under 10 ms", 5), FacetValue("100", "under 100 ms", 9)],
        is_single=True,
    ),
    Facet("License", "license", [FacetValue("mit", "MIT", 2)], is_open=False),
]
TABS = [
    Tab("Overview", "#", is_current=True),
    Tab("Try it", "#"),
    Tab("API", "#"),
    Tab("Versions", "#", count=4),
    Tab("Pricing", "#"),
    Tab("Evidence", "#", count=7),
    Tab("Lineage", "#"),
]
SIDE = [
    Tab("Predictions", "#", is_current=True, icon="activity", count=128),
    Tab("Usage", "#", icon="chart"),
    Tab("API keys", "#", icon="key"),
    Tab("Members", "#", icon="users"),
]
ROWS = [
    ("pred_01jd8x", "Smol Chat", "succeeded", 162.4, "$0.000031"),
    ("pred_01jd8w", "Income Scorer", "failed", 4.0, "$0.00"),
    ("pred_01jd8v", LONG, "processing", None, "not yet"),
]

SAMPLE = {
    "long": LONG,
    "digest": DIGEST,
    "colors": COLORS,
    "crumbs": [Crumb("Models", "#"), Crumb("Harbor Language Works", "#"), Crumb(LONG)],
    "states": list(STATES),
    "moment": datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    "cards": CARDS,
    "steps": STEPS,
    "refused_steps": REFUSED_STEPS,
    "spans": SPANS,
    "pairs": PAIRS,
    "facts": [("Task", "Chat"), ("License", "Apache-2.0"), ("Parameters", "135M")],
    "facets": FACETS,
    "tabs": TABS,
    "side": SIDE,
    "views": [Tab("Day", "#", is_current=True), Tab("Week", "#"), Tab("Month", "#")],
    "chips": [Chip("Chat", "#"), Chip("Apache-2.0", "#"), Chip("under 100 ms", "#")],
    "choices": [
        Choice("call", "Per call"),
        Choice("token", "Per token"),
        Choice("month", "Monthly"),
    ],
    "bars": [
        Bar("Smol Chat", 8.41, "$8.41", "#"),
        Bar("MiniLM Embeddings", 3.10, "$3.10"),
        Bar(LONG, 0.02, "$0.02"),
    ],
    "rows": ROWS,
    "snippets": [
        Snippet("curl", "bash", CURL),
        Snippet("Python", "python", PYTHON),
        Snippet("JavaScript", "javascript", JAVASCRIPT),
    ],
    "json": '{\n  "id": "pred_01jd8x",\n  "status": "succeeded",\n  "cost": "0.000031"\n}',
    "spark": [3, 5, 4, 8, 7, 9, 12, 11, 15, 13, 18],
}
