"""One module per product type: from a specification to the parts of the product, in product units."""

from collections.abc import Callable

from robustfashion.data.synthetic.products.dress import dress
from robustfashion.data.synthetic.products.luggage import luggage
from robustfashion.data.synthetic.products.shoe import shoe
from robustfashion.data.synthetic.products.top import top
from robustfashion.data.synthetic.products.watch import watch
from robustfashion.data.synthetic.scene import Product
from robustfashion.data.synthetic.spec import ProductSpec

PRODUCTS: dict[str, Callable[[ProductSpec], Product]] = {
    "luggage": luggage, "watch": watch, "shoe": shoe, "dress": dress, "top": top,
}  # fmt: skip
"""Product types by name."""
