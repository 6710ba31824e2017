"""Dresses: a garment that ends between the thigh and the floor."""

from robustfashion.data.synthetic.products.garment import garment
from robustfashion.data.synthetic.products.silhouette import FLOOR_Y, HIP_Y
from robustfashion.data.synthetic.scene import Product
from robustfashion.data.synthetic.spec import ProductSpec


def dress(spec: ProductSpec) -> Product:
    """Parts of a dress; ``leg`` says where the skirt ends: 0 the hip, 1 the floor."""
    return garment(spec, HIP_Y + spec.number("leg") * (FLOOR_Y - HIP_Y))
