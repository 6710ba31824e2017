"""Tops: shirts, blouses, T-shirts, sweaters, tunics."""

from robustfashion.data.synthetic.products.garment import garment
from robustfashion.data.synthetic.products.silhouette import FLOOR_Y, HIP_Y
from robustfashion.data.synthetic.scene import Product
from robustfashion.data.synthetic.spec import ProductSpec


def top(spec: ProductSpec) -> Product:
    """Parts of a top; ``leg`` says where it ends: below 0 above the hip, the longest are tunics like mini dresses."""
    return garment(spec, HIP_Y + spec.number("leg") * (FLOOR_Y - HIP_Y))
