import pytest

from robustfashion.data.sources.public.label_map import phrase_pattern, read_label_map
from robustfashion.errors import InputError

GOOD = """
label: kind
columns:
  product_type:
    read:
      - {field: kind, values: {dress: [Dress]}, drop: [Hat]}
  number_of_wheels:
    for: [luggage]
    read:
      - field: text
        phrases: {"4": ["4 wheels?"], 2: [two wheels]}
"""


def written(tmp_path, text):
    (tmp_path / "map.yaml").write_text(text)
    return tmp_path / "map.yaml"


def test_a_good_map(tmp_path):
    found = read_label_map(written(tmp_path, GOOD))
    assert found.fields() == {"kind", "text"} and found.known_labels() == {"dress", "hat"}
    assert found.unmapped == "refuse"
    assert found.columns["number_of_wheels"].steps[0].labels == {"4": ("4 wheels?",), "2": ("two wheels",)}
    assert read_label_map(written(tmp_path, GOOD + "unmapped: keep\n")).digest != found.digest


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("label: kind", "- a\n- b", "not a readable YAML|expected a mapping"),
        ("label: kind", "label: kind\nlabel: other", "key 'label' is given twice"),
        ("label: kind", "label: true", "label: True is no text; put quotes"),
        ("label: kind", "label: kind\nunmapped: maybe", "unmapped is 'maybe'; use one of refuse, keep"),
        ("product_type:", "producttype:", "columns.producttype: no such column; use one of product_type"),
        ("dress: [Dress]", "dres: [Dress]", r"columns.product_type.read\[0\].values: 'dres' is no label of product_type"),
        ("dress: [Dress]", "dress: [yes]", "True is no text"),
        ("for: [luggage]", "for: [bag]", "is 'bag'; use one of luggage"),
        ("field: kind, ", "", "no 'field'"),
        ("drop: [Hat]", "dropped: [Hat]", "unknown option 'dropped'"),
        ("drop: [Hat]", "phrases: {top: [x]}", "either 'values' or 'phrases'"),
        ("drop: [Hat]", "others: skip", "others is 'skip'"),
        ("two wheels", "'two (wheels'", "not an RE2 expression"),
    ],
)
def test_faults_are_named(old, new, message, tmp_path):
    assert old in GOOD
    with pytest.raises(InputError, match=message) as caught:
        read_label_map(written(tmp_path, GOOD.replace(old, new, 1)))
    assert "map.yaml" in str(caught.value)


def test_encodings(tmp_path):
    text, file = GOOD.replace("hat", "hût").replace("Hat", "Hût"), tmp_path / "map.yaml"
    file.write_bytes(text.encode())
    want = read_label_map(file).digest
    for encoding in ("utf-8-sig", "utf-16"):
        file.write_bytes(text.encode(encoding))
        assert read_label_map(file).digest == want
    file.write_bytes(text.encode("cp1252"))
    with pytest.raises(InputError, match=r"map\.yaml: line \d+ is not UTF-8 \(byte 0xfb\); save it as UTF-8$"):
        read_label_map(file)


def test_no_columns(tmp_path):
    with pytest.raises(InputError, match="no mapping 'columns'"):
        read_label_map(written(tmp_path, "label: kind\n"))


def test_phrases_are_bounded_by_words():
    assert phrase_pattern(("long sleeve",)) == r"(?i)\b(?:long[\s_-]*sleeve)\b"
