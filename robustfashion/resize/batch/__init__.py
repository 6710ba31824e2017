"""Batches of images as torch tensors, equal to :func:`robustfashion.resize.resize` in every pixel, on the CPU and on CUDA.

This package loads torch; :func:`robustfashion.resize.resize_batch` and ``resize_ragged`` load it when they are called.
"""

from robustfashion.resize.batch.methods import BATCH_METHODS
from robustfashion.resize.batch.ragged import resize_ragged
from robustfashion.resize.batch.uniform import CHUNK_BYTES, resize_batch

__all__ = ["BATCH_METHODS", "CHUNK_BYTES", "resize_batch", "resize_ragged"]
