"""Language models of the demo world."""

from decimal import Decimal

from billing.pricing import ServiceLevel
from marketplace.storefront.demo.tariffs import nothing, per_token, per_unit, subscription
from marketplace.storefront.demo.types import DemoListing

LANTERN = DemoListing(
    author="harbor",
    slug="lantern-135m-chat",
    name="Lantern 135M Chat",
    summary="A small chat model that answers short questions in seconds on an ordinary CPU.",
    task="text-generation",
    license="Apache-2.0",
    source="smollm2",
    tags=("chat", "small", "streaming"),
    languages=("en",),
    collections=("start-here", "language"),
    description="""\
Lantern is SmolLM2-135M-Instruct, served with a key-value cache and token streaming.
It is small enough to run beside your application and quick enough to type along.

## Good at

- short factual answers, simple rewriting, first drafts
- trying out a chat integration before paying for a larger model
- serving as the base of adapters: two on this marketplace are trained on it

## Not good at

A model of 135 million parameters makes things up. It misjudges sentiment, loses the thread of long
conversations, and refuses harmless requests now and then. The evidence tab shows how often it
answers fifty everyday questions right, and lists the ones it got wrong.
""",
    intended_use="Prototypes, drafts and short answers in English, with a person reading them.",
    limitations="Invents facts; weak at arithmetic, sentiment and long context. English only.",
    plans=(
        per_token(
            "standard",
            "Pay as you go",
            input_price="0.05",
            output_price="0.15",
            free={"output_tokens": 20_000},
        ),
        subscription(
            "studio",
            "Studio",
            "9",
            included={"output_tokens": 50_000_000},
            meter="output_tokens",
            overage="0.0000001",
        ),
    ),
)
STATEHOUSE = DemoListing(
    author="quill-ledger",
    slug="lantern-statehouse",
    name="Lantern Statehouse",
    summary="Lantern with an adapter for the language of presidential addresses.",
    task="text-generation",
    license="Apache-2.0",
    source="adapter:statehouse",
    base="harbor/lantern-135m-chat",
    relation="adapter",
    tags=("chat", "adapter", "public-sector"),
    languages=("en",),
    collections=("language",),
    description="""\
A rank-8 LoRA adapter on Lantern 135M Chat, trained on State of the Union addresses. It shares the
base model's memory: calling it costs no second copy of the weights.

The training record under Provenance gives the corpus digest, the tokens seen, the optimizer and the
perplexity on held-out addresses before and after.
""",
    intended_use="Drafting in the register of formal public speech; study of style transfer.",
    limitations="Everything the base cannot do; drifts into nineteenth-century phrasing.",
    plans=(per_token("standard", "Pay as you go", input_price="0.08", output_price="0.24"),),
)
DEEPWATER = DemoListing(
    author="northfield",
    slug="lantern-deepwater",
    name="Lantern Deepwater",
    summary="Lantern with an adapter that knows the cadence of Moby-Dick.",
    task="text-generation",
    license="Apache-2.0",
    source="adapter:deepwater",
    base="harbor/lantern-135m-chat",
    relation="adapter",
    tags=("chat", "adapter", "literature"),
    languages=("en",),
    collections=("language",),
    description="""\
A rank-8 LoRA adapter on Lantern 135M Chat, trained on the text of Moby-Dick. For writers who want a
sea-going draft, and for anyone curious what one novel does to a small model.

Perplexity on chapters that were kept out of training is in the training record, before and after.
""",
    intended_use="Creative drafting; teaching how adapters change a model.",
    limitations="Everything the base cannot do; archaic vocabulary in ordinary answers.",
    plans=(per_token("standard", "Pay as you go", input_price="0.08", output_price="0.24"),),
)
COMPASS = DemoListing(
    author="harbor",
    slug="compass-embeddings",
    name="Compass Embeddings",
    summary="Sentence embeddings with 384 dimensions for search, clustering and deduplication.",
    task="sentence-embeddings",
    license="Apache-2.0",
    source="minilm",
    tags=("embeddings", "search"),
    languages=("en",),
    collections=("start-here", "language"),
    description="""\
all-MiniLM-L6-v2: six layers, mean pooling, unit length. Send up to 64 texts in a call and compare
the vectors with a dot product.

Texts beyond 256 tokens are cut, so split long documents before you embed them.
""",
    intended_use="Semantic search, clustering and deduplication of short English texts.",
    limitations="Cuts texts at 256 tokens; trained on English web text.",
    restrictions="Parts of the upstream training data carry non-commercial terms; see Provenance.",
    plans=(
        per_token("standard", "Pay as you go", input_price="0.02", free={"input_tokens": 100_000}),
    ),
)
PARLANCE = DemoListing(
    author="meridian",
    slug="parlance-language-id",
    name="Parlance Language ID",
    summary="Tells which of 97 languages a text is written in, in under a millisecond.",
    task="language-identification",
    license="BSD-2-Clause",
    source="langid",
    tags=("classification", "multilingual", "fast"),
    collections=("start-here", "high-volume"),
    description="""\
A linear model over byte n-grams, chosen for routing and filtering at volume. Returns the likeliest
languages with their probabilities, as ISO 639-1 codes.

Short texts and closely related languages (Danish and Norwegian, for one) are the hard cases.
""",
    intended_use="Routing, filtering and statistics over texts of a sentence or more.",
    limitations="Unsure below about twenty characters; confuses near relatives.",
    plans=(nothing("free", "Free", "Free within the rate limit."),),
)
GATEHOUSE = DemoListing(
    author="evenhand",
    slug="gatehouse-prompt-shield",
    name="Gatehouse Prompt Shield",
    summary="Flags prompt injection, jailbreaks and data theft before they reach your model.",
    task="text-classification",
    license="Apache-2.0",
    source="guardian",
    tags=("safety", "classification", "fast"),
    languages=("en",),
    collections=("safety", "high-volume"),
    description="""\
Eight classes, from `benign` to `data_exfiltration`, by a linear model over word and character
n-grams. Fast enough to stand in front of every call.

No classifier of this size catches everything: the evidence tab counts what it missed on fifty
prompts that were written for the platform, not by the author of the model.
""",
    intended_use="A first, cheap filter in front of a language model, among other defenses.",
    limitations="English; misses paraphrased and novel attacks; flags some security questions.",
    plans=(
        per_unit(
            "standard", "Pay as you go", meter="requests", price="0.00002", free={"requests": 500}
        ),
        subscription(
            "gold",
            "Gold",
            "49",
            included={"requests": 5_000_000},
            meter="requests",
            overage="0.00001",
            level=ServiceLevel("gold", Decimal("99.9"), 20),
        ),
    ),
)
LISTINGS = (LANTERN, COMPASS, PARLANCE, GATEHOUSE, STATEHOUSE, DEEPWATER)
