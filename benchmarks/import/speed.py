# ruff: noqa: E501, SIM905 - templates of the sets' own long lines; a word list reads best as text
"""Records per second of the readers and maps on large made-up sets: python benchmarks/import/speed.py FOLDER [SET …].

Pictures are not decoded (their cost is the same for every source), and where a set names files they need not exist.
"""

import gzip
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from robustfashion.data.sources.public import find_adapter
from robustfashion.data.sources.public.label_map import read_label_map
from robustfashion.data.sources.public.mapping import Mapper
from robustfashion.data.sources.public.records import Place

WORDS = (
    "women casual summer print soft cotton blend machine wash imported design lightweight comfortable quality fashion size please "
    "check chart before order gift party work daily wear black white blue long short sleeve sleeveless neck round v crew heel flat "
    "block wedge stiletto strap platform boot ankle chelsea combat leather rubber sole watch analog digital chronograph spinner "
    "wheels hardside luggage polycarbonate midi maxi mini dress length knee zipper pocket adjustable fit model is wearing feature"
).split()


def texts(rng: np.random.Generator, n: int, words: int) -> list[str]:
    """``n`` texts of so many words."""
    return [" ".join(row) for row in np.array(WORDS)[rng.integers(0, len(WORDS), (n, words))]]


def write_amazon(root: Path, n: int = 150_000) -> None:
    """JSON lines of 2 kB each."""
    rng = np.random.default_rng(0)
    leaves = [["Clothing", "Dresses"], ["Clothing", "T-Shirts"], ["Shoes", "Pumps"], ["Watches", "Wrist Watches"], ["Luggage", "Suitcases"],
              ["Clothing", "Socks"], ["Jewelry", "Rings"]]  # fmt: skip
    titles, features, says = texts(rng, n, 12), texts(rng, n, 90), texts(rng, n, 60)
    with (root / "meta_Clothing_Shoes_and_Jewelry.jsonl").open("w") as file:
        for k in range(n):
            image = {
                "thumb": f"https://m.example/{k}t.jpg",
                "large": f"https://m.example/{k}.jpg",
                "variant": "MAIN",
                "hi_res": None,
            }
            half = len(features[k]) // 2
            row = {"main_category": "AMAZON FASHION", "title": titles[k], "average_rating": 4.1, "rating_number": k % 97,
                   "features": [features[k][:half], features[k][half:]], "description": [says[k]], "price": None,
                   "images": [image] * 4, "videos": [], "store": "x", "categories": leaves[k % 7],
                   "details": {"Department": "womens", "Date First Available": "May 1, 2019"} | ({"Sleeve Type": "Long Sleeve"} if k % 9 == 0 else {}),
                   "parent_asin": f"B{k:09}"}  # fmt: skip
            file.write(json.dumps(row) + "\n")


def write_abo(root: Path, n: int = 147_702, images: int = 398_212) -> None:
    """16 gzip files of JSON lines, and the table of pictures."""
    rng = np.random.default_rng(0)
    kinds = ("CELLULAR_PHONE_CASE", "SHOES", "CHAIR", "LUGGAGE", "SHIRT", "WATCH", "RUG")
    says = texts(rng, n, 70)
    (root / "listings" / "metadata").mkdir(parents=True)
    (root / "images" / "metadata").mkdir(parents=True)
    (root / "images" / "small").mkdir()
    for shard in range(16):
        rows = []
        for k in range(shard, n, 16):
            cut = [says[k][i : i + 80] for i in range(0, 400, 80)]
            said = [{"language_tag": "en_US", "value": part} for part in cut]
            other = [{"language_tag": "de_DE", "value": part} for part in cut]
            rows.append({"item_id": f"B{k:08}", "domain_name": "amazon.com", "main_image_id": f"i{k}", "product_type": [{"value": kinds[k % 7]}],
                         "item_name": said[:1] + other[:1], "bullet_point": said[1:] + other[1:], "item_keywords": said[2:],
                         "node": [{"node_id": 1, "node_name": "/x/y"}], "item_weight": [{"unit": "g", "value": 3.5}]})  # fmt: skip
        data = "".join(json.dumps(row) + "\n" for row in rows).encode()
        (root / "listings" / "metadata" / f"listings_{shard:x}.json.gz").write_bytes(gzip.compress(data, 6))
    table = "image_id,height,width,path\n" + "".join(f"i{k},256,256,{k % 256:02x}/{k:08x}.jpg\n" for k in range(images))
    (root / "images" / "metadata" / "images.csv.gz").write_bytes(gzip.compress(table.encode()))


def write_deepfashion(root: Path, n: int = 60_000) -> None:
    """A fifth of the coarse lists."""
    rng = np.random.default_rng(0)
    names = [f"img/Item_{k // 5:05}/img_{k % 5:08}.jpg" for k in range(n)]
    folder = root / "Anno_coarse"
    folder.mkdir(parents=True)
    (root / "Img" / "img" / "Item_00000").mkdir(parents=True)
    (root / "Img" / names[0]).touch()
    (folder / "list_category_cloth.txt").write_text("3\nn t\nBlouse 1\nJeans 2\nDress 3\n")
    (folder / "list_category_img.txt").write_text(
        f"{n}\nn t\n" + "".join(f"{name}  {k % 3 + 1}\n" for k, name in enumerate(names))
    )
    attributes = ["long sleeve", "maxi", "v-neck", *(f"attribute {k}" for k in range(997))]
    (folder / "list_attr_cloth.txt").write_text("1000\nn t\n" + "".join(f"{name}  3\n" for name in attributes))
    rows = [("  ".join(row)) for row in np.array(["-1", " 0", " 1"])[np.minimum(rng.geometric(0.6, (50, 1000)) - 1, 2)]]
    with (folder / "list_attr_img.txt").open("w") as file:
        file.write(f"{n}\nn t\n")
        file.writelines(f"{name:<70} {rows[k % 50]}\n" for k, name in enumerate(names))


def write_hm(root: Path, n: int = 105_542) -> None:
    """One quoted CSV."""
    rng = np.random.default_rng(0)
    head = "article_id,product_code,prod_name,product_type_name,product_group_name,index_group_name,section_name,garment_group_name,detail_desc"
    kinds = ("Dress", "T-shirt", "Trousers", "Boots", "Blouse")
    says = texts(rng, n, 25)
    (root / "images" / "010").mkdir(parents=True)
    (root / "images" / "010" / "0100000000.jpg").touch()
    lines = (
        f'01{k:08},01{k // 3:05},Name,{kinds[k % 5]},Group,Index,Section,Garment,"{says[k]}, {says[-k]}"\n' for k in range(n)
    )
    (root / "articles.csv").write_text(head + "\n" + "".join(lines))


def write_imaterialist(root: Path, n: int = 1_012_947) -> None:
    """Ids as texts, six labels each."""
    rng = np.random.default_rng(0)
    ids = list(range(1, 229))
    lines = "".join(f"{k},{k % 9},Label {k},{('category', 'sleeve', 'neckline', 'color')[k % 4]}\n" for k in ids)
    (root / "iMat_fashion_2018_label_map_228.csv").write_text("labelId,taskId,labelName,taskName\n" + lines)
    labels = rng.integers(1, 229, (n, 6))
    with (root / "train.json").open("w") as file:
        file.write('{"images": [')
        file.write(", ".join(f'{{"url": "https://c.example/pictures/{k}-large.jpg", "imageId": "{k}"}}' for k in range(n)))
        file.write('], "annotations": [')
        file.write(
            ", ".join(
                f'{{"labelId": {json.dumps([str(x) for x in row])}, "imageId": "{k}"}}' for k, row in enumerate(labels.tolist())
            )
        )
        file.write("]}")


SETS: dict[str, Callable[[Path], None]] = {
    "abo": write_abo,
    "amazon-reviews-2023": write_amazon,
    "deepfashion-attributes": write_deepfashion,
    "hm": write_hm,
    "imaterialist-2018": write_imaterialist,
}


def main() -> None:
    """Write what is absent, read and map it, print a line per set."""
    folder, names = Path(sys.argv[1]), sys.argv[2:] or list(SETS)
    for name in names:
        root = folder / name
        if not root.exists():
            root.mkdir(parents=True)
            SETS[name](root)
        adapter = find_adapter(name)
        mapper = Mapper(read_label_map(adapter.map_file), name)
        size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) / 1e6
        start, done, mapping = time.perf_counter(), 0, 0.0
        for records in adapter.reader(Place(root, folder / "out")):
            before = time.perf_counter()
            mapper.apply(records)
            mapping += time.perf_counter() - before
            done += len(records)
        seconds = time.perf_counter() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"{name:<24} {done:>9,} records {size:>7.0f} MB {seconds:>6.1f} s (map {mapping:>5.1f} s) {done / seconds:>9,.0f} records/s"
              f" {size / seconds:>6.0f} MB/s, peak memory {memory:.1f} GB")  # fmt: skip


if __name__ == "__main__":
    main()
