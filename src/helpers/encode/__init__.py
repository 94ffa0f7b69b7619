"""Passages become vectors: one L2-normalised embedding a passage, kept in a cache on disk."""

from helpers.encode.encode import encode
from helpers.encode.encoders import Encoder, open_encoder

__all__ = ["Encoder", "encode", "open_encoder"]
