"""Llama-family language models in the Hugging Face ``transformers`` format, and LoRA adapters."""
