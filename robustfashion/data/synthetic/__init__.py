"""The drawn catalogue: a specification is sampled first, pixels follow; see ``docs/synthetic.md``."""

from robustfashion.data.synthetic.files import render_catalogue
from robustfashion.data.synthetic.rendering import render
from robustfashion.data.synthetic.sampling import sample_spec
from robustfashion.data.synthetic.settings import SyntheticSettings
from robustfashion.data.synthetic.spec import ProductSpec

__all__ = ["ProductSpec", "SyntheticSettings", "render", "render_catalogue", "sample_spec"]
