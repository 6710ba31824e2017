"""Miniatures of the public sets: their true layouts, names, encodings and defects, a handful of records each."""

import gzip
import json
from pathlib import Path

import numpy as np
from PIL import Image


def picture(path: Path, seed: int = 0, size: tuple[int, int] = (13, 17)) -> None:
    """A small picture (height, width) that differs by seed; the suffix says which kind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)


def lines(path: Path, *text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(text) + "\n", encoding="utf-8")


def json_lines(path: Path, rows: list, damaged: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows) + damaged
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def said(*texts: str, tag: str | None = "en_US") -> list[dict]:
    return [({"language_tag": tag} if tag else {}) | {"value": text} for text in texts]


def abo(root: Path) -> None:
    listings = [
        {"item_id": "B01", "domain_name": "amazon.com", "main_image_id": "1suit", "product_type": [{"value": "LUGGAGE"}],
         "item_name": said("Solimo Hardside Spinner Suitcase") + said("Valise rigide", tag="fr_FR"),
         "bullet_point": said("Polycarbonate shell", "Four spinner wheels"), "item_weight": [{"unit": "kg", "value": 3.1}]},
        {"item_id": "B01", "domain_name": "amazon.in", "main_image_id": "1suitIN", "product_type": [{"value": "LUGGAGE"}],
         "item_name": said("Solimo Hardside Suitcase", tag="en_IN")},
        {"item_id": "B02", "domain_name": "amazon.com", "main_image_id": "2tag", "product_type": [{"value": "LUGGAGE"}],
         "item_name": said("Luggage tag for your suitcase")},
        {"item_id": "B03", "domain_name": "amazon.com", "main_image_id": "3shoe", "product_type": "SHOES",   # as the README says
         "item_name": said("Women's pump"), "bullet_point": said("Heel type: flats", "Block Island collection")},
        {"item_id": "B04", "domain_name": "amazon.com", "main_image_id": "4watch", "product_type": [{"value": "WATCH"}],
         "item_name": said("Analogue chronograph watch")},
        {"item_id": "B05", "domain_name": "amazon.com", "main_image_id": "5top", "product_type": [{"value": "SHIRT"}],
         "item_name": said("V-neck shirt"), "bullet_point": said("long sleeves", "Also with short-sleeve")},
        {"item_id": "B06", "domain_name": "amazon.de", "main_image_id": "6de", "product_type": [{"value": "SHIRT"}],
         "item_name": said("Hemd mit langen Ärmeln, long sleeve", tag="de_DE")},
        {"item_id": "B07", "domain_name": "amazon.com", "product_type": [{"value": "DRESS"}], "item_name": said("Maxi dress")},
        {"item_id": "B08", "domain_name": "amazon.com", "main_image_id": "8gone", "product_type": [{"value": "RUG"}]},
        {"item_id": "B09", "domain_name": "amazon.com", "main_image_id": "9lost", "product_type": [{"value": "RUG"}]},
    ]  # fmt: skip
    json_lines(root / "listings" / "metadata" / "listings_0.json.gz", listings[:4])
    json_lines(root / "listings" / "metadata" / "listings_a.json.gz", listings[4:], '{"item_id": "B10", "main_im\n')
    rows = ["image_id,height,width,path"]
    for k, name in enumerate(("1suit", "1suitIN", "2tag", "3shoe", "4watch", "5top", "6de", "8gone", "other")):
        suffix = "png" if name == "4watch" else "jpg"
        rows.append(f"{name},13,17,{k:02x}/{k:02x}aa.{suffix}")
        if name != "8gone":
            picture(root / "images" / "small" / f"{k:02x}" / f"{k:02x}aa.{suffix}", k)
    folder = root / "images" / "metadata"
    folder.mkdir(parents=True)
    (folder / "images.csv.gz").write_bytes(gzip.compress(("\n".join(rows) + "\n").encode()))
    picture(root / "images" / "small" / "ff" / "stray.jpg", 99)
    lines(root / "LICENSE-CC-BY-4.0.txt", "Creative Commons Attribution 4.0 International Public License")


def amazon_reviews(root: Path) -> None:
    def product(asin, title, details=None, categories=("Clothing, Shoes & Jewelry",), images=True, **more):
        large = [{"thumb": "https://m.example/t.jpg", "large": f"https://m.example/{asin}.jpg", "variant": v, "hi_res": None}
                 for v in ("PT01", "MAIN")]  # fmt: skip
        large[0]["large"] = "https://m.example/side.jpg"
        return {"main_category": "AMAZON FASHION", "title": title, "features": ["Imported"], "description": [], "price": "from 9",
                "images": large if images else [], "categories": list(categories), "details": details or {},
                "parent_asin": asin, **more}  # fmt: skip

    dress = ("Clothing, Shoes & Jewelry", "Women", "Clothing", "Dresses")
    rows = [
        product("A1", "Floral dress", {"Sleeve Type": "Long Sleeve", "Best Sellers Rank": {"Dresses": 7}}, dress, price=19.5),
        product("A2", "Short sleeve dress with halter neck", {"Sleeve type": "Cap Sleeve"}, dress),
        product("A3", "Pump", {"Heel Type": "Stiletto"}, ("Shoes", "Pumps")),
        product("A4", "Carry-on with spinner wheels", {"Shell Type": "Hard", "Number of Wheels": 4}, ("Luggage", "Carry-Ons")),
        product("A5", "Chronograph analog watch", {}, ("Watches", "Wrist Watches")),
        product("A6", "Watch band, digital", {}, ("Watches", "Watch Bands")),
        product("A7", "Sandal", {}, ("Shoes", "Sandals"), images=False),
        product("A1", "Floral dress again", {}, dress),
    ]
    text = [product("B1", "T-shirt", json.dumps({"Sleeve Type": "Short Sleeve"}), ("Clothing", "T-Shirts"))]
    json_lines(root / "raw" / "meta_categories" / "meta_Clothing_Shoes_and_Jewelry.jsonl", rows)
    json_lines(root / "raw" / "meta_categories" / "meta_Amazon_Fashion.jsonl.gz", text, "[1, 2]\nnot json\n")


def clothing_small(root: Path) -> None:
    for k, (split, name) in enumerate(
        (("train", "t-shirt"), ("train", "longsleeve"), ("validation", "dress"), ("test", "hat"), ("test", "socks"))
    ):
        picture(root / split / name / f"{k}.jpg", k)
    picture(root / "train" / "stray.jpg", 7)
    (root / "train" / "dress").mkdir()
    (root / "train" / "dress" / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut")
    lines(root / "README.md", "photographs")


def clothing_full(root: Path) -> None:
    rows = ["image,sender_id,label,kids", "aa,1,T-Shirt,False", "bb,1,Undershirt,True", "cc,2,Not sure,False", "dd,2,Dress,False"]
    lines(root / "images.csv", *rows, "ee,3,Cloak,False", "ff,3,Hat")
    for k, name in enumerate(("aa", "bb", "cc", "ee", "norow")):
        picture(root / "images" / f"{name}.jpg", k)


def deepfashion(root: Path) -> None:
    names = [
        f"img/{item}/img_{k:08}.jpg" for item, k in (("Sheer_Blouse", 1), ("Sheer_Blouse", 2), ("Wrap_Dress", 1), ("Joggers", 1))
    ]
    coarse, fine = root / "Anno_coarse", root / "Anno_fine"
    lines(
        coarse / "list_category_cloth.txt",
        "3",
        "category_name  category_type",
        "Blouse         1",
        "Joggers        2",
        "Dress          3",
    )
    kinds = dict(zip(names, (1, 1, 3, 2), strict=True)) | {"img/Gone/img_00000001.jpg": 9}
    lines(coarse / "list_category_img.txt", "5", "image_name  category_label", *(f"{n:<70}{k}" for n, k in kinds.items()))
    lines(
        coarse / "list_attr_cloth.txt",
        "4",
        "attribute_name  attribute_type",
        "long sleeve  3",
        "a-line  3",
        "v-neck  3",
        "maxi  3",
    )
    flags = {names[0]: "-1  0 -1  0", names[1]: " 1 -1  1  0", names[2]: " 0  1  0  1", names[3]: "-1 -1 -1 -1"}
    lines(coarse / "list_attr_img.txt", "4", "image_name  attribute_labels", *(f"{n}    {f}" for n, f in flags.items()))
    parts = ("train", "val", "test", "train")
    lines(
        root / "Eval" / "list_eval_partition.txt",
        "4",
        "image_name  evaluation_status",
        *(f"{n} {p}" for n, p in zip(names, parts, strict=True)),
    )
    one = ["0"] * 26
    one[8] = one[16] = "1"  # short_sleeve, no_dress
    two = ["0"] * 26
    two[9] = two[11] = two[20] = "1"  # sleeveless, mini_length, v_neckline... the last is leather's neighbour, unused
    lines(fine / "train.txt", names[0])
    lines(fine / "train_attr.txt", " ".join(one))
    lines(fine / "test.txt", names[2])
    lines(fine / "test_attr.txt", " ".join(two))
    for k, name in enumerate(names):
        picture(root / "Img" / name, k)
    picture(root / "Img" / "img" / "Extra" / "img_00000001.jpg", 50)


def fashion_mnist(root: Path) -> None:
    rng = np.random.default_rng(3)
    for part, n in (("train", 7), ("t10k", 3)):
        pixels = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        labels = np.arange(n, dtype=np.uint8) % 10
        root.mkdir(parents=True, exist_ok=True)
        head = bytes([0, 0, 8, 3]) + np.array([n, 28, 28], ">u4").tobytes()
        (root / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(head + pixels.tobytes()))
        head = bytes([0, 0, 8, 1]) + np.array([n], ">u4").tobytes()
        (root / f"{part}-labels-idx1-ubyte").write_bytes(head + labels.tobytes())


def fashionai(root: Path) -> None:
    skirt, sleeve, neck = "skirt_length_labels", "sleeve_length_labels", "neckline_design_labels"
    rows = [
        (f"Images/{skirt}/s1.jpg", skirt, "nynnnn"),
        (f"Images/{skirt}/s2.jpg", skirt, "nymnnn"),  # Short or perhaps Knee: two labels
        (f"Images/{skirt}/s3.jpg", skirt, "nnnnym"),  # Ankle or perhaps Floor: both Maxi
        (f"Images/{sleeve}/a1.jpg", sleeve, "nnnnynnnn"),  # Elbow
        (f"Images/{sleeve}/a2.jpg", sleeve, "nnnnnnnyn"),
        (f"Images/{sleeve}/a3.jpg", sleeve, "nnnnnnnyy"),
        (f"Images/{neck}/n1.jpg", neck, "nnnnnnnnyn"),
        (f"Images/{neck}/n2.jpg", neck, "nnny"),
        (f"Images/{neck}/gone.jpg", neck, "ynnnnnnnnn"),
        ("Images/coat_length_labels/c1.jpg", "coat_length_labels", "nynnnnnn"),
        ("Images/hat_labels/h1.jpg", "hat_labels", "yn"),
    ]
    lines(root / "base" / "Annotations" / "label.csv", *(",".join(row) for row in rows))
    for k, (name, *_) in enumerate(rows):
        if "gone" not in name:
            picture(root / "base" / name, k)
    picture(root / "web" / "Images" / skirt / "s1.jpg", 77)
    lines(root / "web" / "Annotations" / "skirt_length_labels.csv", f"Images/{skirt}/s1.jpg,{skirt},nnnynn,3")
    picture(root / "rank" / "Images" / skirt / "q1.jpg", 78)
    lines(root / "rank" / "Tests" / "question.csv", f"Images/{skirt}/q1.jpg,{skirt},")


def fashionpedia(root: Path) -> None:
    def note(number, image, category, box, *attributes):
        return {"id": number, "image_id": image, "category_id": category, "bbox": box, "attribute_ids": list(attributes),
                "segmentation": [[0.0, 1, 2.5]], "area": 9, "iscrowd": 0}  # fmt: skip

    notes = [
        note(1, 10, 10, [10, 10, 40, 60], 149),  # dress, mini
        note(2, 10, 31, [10, 12, 10, 20], 157),  # its sleeve, short
        note(3, 10, 33, [20.5, 10, 15, 8], 187),  # its neckline
        note(4, 10, 23, [12, 72, 9, 6]),  # a shoe
        note(5, 11, 0, [5, 5, 50, 40]),  # a shirt
        note(6, 11, 4, [4, 4, 52, 44]),  # below a jacket
        note(7, 11, 31, [6, 6, 8, 20], 160),  # a sleeve within both
        note(8, 13, 1, [5, 5, 30, 30]),  # a top whose picture is absent
        note(9, 11, 10, [5, 5, 30]),  # a damaged box
        note(10, 11, 18, [58, 50, 0, 0]),  # a watch of no size
        note(11, 14, 0, [1, 1, 50, 60]),  # a shirt with a collar
        note(12, 14, 28, [20, 1, 12, 9]),
        note(13, 14, 33, [20, 1, 12, 9], 183),
    ]
    names = {0: "shirt, blouse", 1: "top, t-shirt, sweatshirt", 4: "jacket", 10: "dress", 18: "watch", 23: "shoe"}
    value = {
        "info": {"year": 2020},
        "images": [{"id": k, "file_name": f"{k:04}.jpg", "license": 1} for k in (10, 11, 12, 13, 14)],
        "categories": [{"id": k, "name": name, "supercategory": "x"} for k, name in names.items()],
        "annotations": notes,
    }
    lines(root / "instances_attributes_val2020.json", json.dumps(value))
    for k in (10, 11, 12, 14):
        picture(root / "test" / f"{k:04}.jpg", k, (80, 60))


def hm(root: Path) -> None:
    head = "article_id,product_code,prod_name,product_type_no,product_type_name,product_group_name,"
    head += "index_group_name,section_name,garment_group_name,detail_desc"
    tail = "Garment Upper body,Ladieswear,Basics,Jersey"
    rows = [
        f'0108775015,0108775,Strap top,253,Vest top,{tail},"Jersey top, with narrow straps."',
        f'108775044,0108775,Strap top (1),253,Vest top,{tail},"Jersey top\nin two lines."',
        f'0110065001,0110065,Dress,265,Dress,{tail},"Short dress with a V-neck, long, wide sleeves."',
        f"0111565001,0111565,Boots,87,Boots,{tail},Ankle boots with block heels",
        f"0111586001,0111586,Blouse,258,Blouse,{tail},Long sleeves or short sleeves",
        f"0999999001,0999999,No picture,258,Blouse,{tail},",
        "0999999002,too,few",
    ]
    lines(root / "articles.csv", head, *rows)
    for k, name in enumerate(("0108775015", "0108775044", "0110065001", "0111565001", "0111586001", "0777777001")):
        picture(root / "images" / name[:3] / f"{name}.jpg", k)


def imaterialist_2017(root: Path) -> None:
    tasks = {"18": "shoe:heel type", "41": "shoe:back counter type", "9": "shoe:type", "12": "dress:length", "38": "dress:collar"}
    labels = {
        "1": "stiletto",
        "2": "slingbacks",
        "3": "sandals",
        "4": "maxi",
        "5": "knee",
        "6": "halter neck",
        "7": "pump",
        "8": "zip",
    }
    lines(root / "fgvc4_iMat.task_map.json", json.dumps({"taskInfo": [{"taskId": k, "taskName": v} for k, v in tasks.items()]}))
    lines(
        root / "fgvc4_iMat.label_map.json",
        json.dumps({"labelInfo": [{"labelId": int(k), "labelName": v} for k, v in labels.items()]}),
    )
    said_of = [
        (1, 18, 1),
        (1, 41, 2),
        (1, 9, 3),
        (2, 41, 2),
        (2, 9, 7),
        (3, 12, 4),
        (3, 12, 5),
        (3, 38, 6),
        (4, 12, 99),
        (77, 12, 4),
    ]
    value = {
        "images": [{"imageId": k, "url": [f"https://shop.example/{k}.jpg"] if k != 4 else []} for k in (1, 2, 3, 4)],
        "annotations": [{"imageId": i, "taskId": str(t), "labelId": x} for i, t, x in said_of],
    }
    lines(root / "fgvc4_iMat.train.data.json", json.dumps(value))
    picture(root / "images" / "train" / "2.jpg")


def imaterialist_2018(root: Path) -> None:
    table = ["22,1,Boots,category", "62,1,Dresses,category", "105,8,Long Sleeved,sleeve", "145,1,Rain Boots,category",
             "164,8,Short Sleeves,sleeve", "80,1,Halter Tops,category", '89,1,"Hosiery, Stockings, Tights",category',
             "214,5,V-Necks,neckline"]  # fmt: skip
    lines(root / "iMat_fashion_2018_label_map_228.csv", "labelId,taskId,labelName,taskName", *table)
    train = {
        "images": [{"image_id": k, "url": [f"https://c.example/{k}"]} for k in (1, 2)],
        "annotations": [{"image_id": 1, "label_id": [62, 105, 214]}, {"image_id": 2, "label_id": [145]}],
    }
    kaggle = {
        "images": [{"imageId": k, "url": f"https://c.example/v{k}"} for k in ("1", "2", "3")],
        "annotations": [{"imageId": "1", "labelId": ["62", "145"]}, {"imageId": "2", "labelId": ["80", "105", "164"]},
                        {"imageId": "3", "labelId": ["89", "999"]}],
    }  # fmt: skip
    lines(root / "train.json", json.dumps(train))
    lines(root / "validation.json", json.dumps(kaggle))


def kaggle_fashion(root: Path) -> None:
    base = root / "fashion-dataset" / "fashion-dataset"
    rows = [
        "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName",
        "15970,Men,Apparel,Topwear,Shirts,Navy Blue,Fall,2011,Casual,Turtle Check Men Navy Blue Shirt",
        "39386,Women,Apparel,Dress,Dresses,Blue,Summer,2012,Casual,Peter England, Women Party Blue Dress, long",
        "59263,Women,Accessories,Watches,Watches,Silver,Winter,2016,Casual,Titan Women Chronograph Analog Watch",
        "21379,Women,Footwear,Shoes,Heels,Black,Fall,2011,Casual,Catwalk Wedge Stilettos",
        "53759,Women,Footwear,Shoes,Heels,Grey,Summer,2012,Casual,Carlton Block Island Wedge",
        "1855,Men,Accessories,Wallets,Wallets,Brown,Summer,2011,Casual,Wallet",
        "30805,Men,Apparel,Topwear,Shirts,Green,Summer,2012,Ethnic,No picture",
        "15970,Men,Apparel,Topwear,Shirts,Navy Blue,Fall,2011,Casual,The same id again",
        "2691,Men,too few",
    ]
    lines(base / "styles.csv", *rows)
    for k, name in enumerate(("15970", "39386", "59263", "21379", "53759", "1855", "10000")):
        picture(base / "images" / f"{name}.jpg", k)
    styles = {"15970": {"Sleeve Length": "Short Sleeves", "Neck": "Polo Collar", "Fit": "Slim"}, "39386": [], "59263": {}}
    for name, attributes in styles.items():
        lines(
            base / "styles" / f"{name}.json", json.dumps({"data": {"id": int(name), "articleAttributes": attributes}}, indent=1)
        )
    lines(base / "styles" / "21379.json", '{"data": {"articleAttr')


def ut_zappos(root: Path) -> None:
    head = "CID,Category,SubCategory,HeelHeight,Insole,Closure,Gender,Material,ToeStyle"
    rows = [
        "100627-72,Shoes,Oxfords,Flat,,Lace up,Men,Leather,",
        "100627-255,Shoes,Oxfords,Flat,,Lace up,Men;Women,Leather;Suede,Round Toe;Closed Toe",
        "7200001-3,Boots,Ankle,3in - 3 3/4in,,Zipper,Women,Leather,",
        "7300002-9,Slippers,Slipper Flats,Under 1in;Flat,,,Women,,",
        "8800000-1,Shoes,Heels,5in & over,,,Women,,",
    ]
    lines(root / "ut-zap50k-data" / "meta-data.csv", head, *rows)
    images = root / "ut-zap50k-images"
    picture(images / "Shoes" / "Oxfords" / "Bostonian" / "100627.72.jpg", 1)
    picture(images / "Shoes" / "Oxfords" / "Bostonian" / "100627.255.jpg", 2)
    picture(images / "Boots" / "Ankle" / "Miz Mooz Inc%2E" / "7200001.3.jpg", 3)
    picture(images / "Slippers" / "Slipper Flats" / "Acorn" / "7300002.9.jpg", 4)
    picture(images / "Sandals" / "Flat" / "Teva" / "9900000.1.jpg", 5)
    picture(root / "ut-zap50k-images-square" / "Shoes" / "Oxfords" / "Bostonian" / "100627.72.jpg", 6)
