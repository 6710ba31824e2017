"""What the miniatures have to become: per set and id, the columns that are not null, or a piece of the refusal."""

ABO = {
    "1suit": {"product_type": "luggage", "shell_type": "Hard", "number_of_wheels": "4", "group": "B01", "label": "LUGGAGE"},
    "1suitIN": {"product_type": "luggage", "shell_type": "Hard", "number_of_wheels": None, "group": "B01"},
    "2tag": {"product_type": None, "label": "LUGGAGE"},
    "3shoe": {"product_type": "shoe", "heel_type": "Flat", "label": "SHOES"},
    "4watch": {"product_type": "watch", "display_type": "Chronograph"},
    "5top": {"product_type": "top", "neck_style": "V-Neck", "sleeve_type": None, "licence": "CC-BY-4.0"},
    "6de": {"product_type": "top", "sleeve_type": None},
    "8gone": "not in the folder",
    "other": "not the main picture",
    "listing B07 amazon.com": "without a main picture",
    "listing B09 amazon.com": "not in images.csv",
    "listings_a.json.gz: line 7": "line 7: not JSON",
    "images/small/ff/stray.jpg": "no row in images.csv",
}
AMAZON = {
    "A1": {"product_type": "dress", "sleeve_type": "Long sleeve", "path": "https://m.example/A1.jpg", "label": "Dresses"},
    "A2": {"product_type": "dress", "sleeve_type": None, "neck_style": "Halterneck"},
    "A3": {"product_type": "shoe", "heel_type": "Stiletto"},
    "A4": {"product_type": "luggage", "shell_type": "Hard", "number_of_wheels": "4"},
    "A5": {"product_type": "watch", "display_type": "Chronograph"},
    "A6": {"product_type": None, "display_type": None, "label": "Watch Bands"},
    "A7": "no picture",
    "A1 (no. 2)": "id was given before",
    "B1": {"product_type": "top", "sleeve_type": "Short sleeve"},
    "meta_Amazon_Fashion.jsonl.gz: line 2": "a JSON list where an object belongs",
    "meta_Amazon_Fashion.jsonl.gz: line 3": "not JSON",
}
CLOTHING_FULL = {
    "aa": {"product_type": "top", "sleeve_type": "Short sleeve", "label": "T-Shirt", "licence": "CC0-1.0"},
    "bb": {"product_type": "top", "sleeve_type": "Sleeveless"},
    "cc": {"product_type": None, "outlier_kind": "junk", "label": "Not sure"},
    "dd": "not in the folder",
    "ee": "label Cloak is not in the map",
    "images.csv: line 7": "3 fields where 4 belong",
    "images/norow.jpg": "no row in images.csv",
}
CLOTHING_SMALL = {
    "train/t-shirt/0.jpg": {"product_type": "top", "sleeve_type": "Short sleeve", "split": "train", "label": "t-shirt"},
    "train/longsleeve/1.jpg": {"product_type": "top", "sleeve_type": "Long sleeve"},
    "validation/dress/2.jpg": {"product_type": "dress", "sleeve_type": None, "split": "validation"},
    "test/hat/3.jpg": {"product_type": None, "label": "hat", "split": "test"},
    "test/socks/4.jpg": "label socks is not in the map",
    "train/stray.jpg": "outside the class folders",
    "train/dress/cut.jpg": "damaged",
    "README.md": "not a picture",
}
DEEPFASHION = {
    "img/Sheer_Blouse/img_00000001.jpg": {
        "product_type": "top", "sleeve_type": "Short sleeve", "neck_style": None, "split": "train", "group": "img/Sheer_Blouse",
    },
    "img/Sheer_Blouse/img_00000002.jpg": {
        "product_type": "top", "sleeve_type": "Long sleeve", "neck_style": "V-Neck", "split": "validation",
        "group": "img/Sheer_Blouse",
    },
    "img/Wrap_Dress/img_00000001.jpg": {
        "product_type": "dress", "sleeve_type": "Sleeveless", "skirt_length": "Mini", "split": "test", "label": "Dress",
    },
    "img/Joggers/img_00000001.jpg": {"product_type": None, "sleeve_type": None},
    "img/Gone/img_00000001.jpg": "its category is none",
    "Img/img/Extra/img_00000001.jpg": "no line in list_category_img.txt",
}  # fmt: skip
FASHION_MNIST = {
    "train/00000": {"product_type": "top", "label": "T-shirt/top", "split": "train", "path": "images/train/00000.png"},
    "train/00001": {"product_type": None, "label": "Trouser"},
    "train/00002": {"product_type": "top"},
    "train/00003": {"product_type": "dress"},
    "train/00004": {"product_type": None},
    "train/00005": {"product_type": "shoe"},
    "train/00006": {"product_type": "top"},
    "test/00000": {"split": "test"},
    "test/00001": {"label": "Trouser"},
    "test/00002": {"label": "Pullover"},
}
_B = "base/Images/"
FASHIONAI = {
    f"{_B}skirt_length_labels/s1.jpg": {"skirt_length": "Mini", "label": "skirt_length_labels: Short", "group": "s1"},
    f"{_B}skirt_length_labels/s2.jpg": {"skirt_length": None, "label": "skirt_length_labels: Short"},
    f"{_B}skirt_length_labels/s3.jpg": {"skirt_length": "Maxi"},
    f"{_B}sleeve_length_labels/a1.jpg": {"sleeve_type": None, "label": "sleeve_length_labels: Elbow"},
    f"{_B}sleeve_length_labels/a2.jpg": {"sleeve_type": "Long sleeve"},
    f"{_B}sleeve_length_labels/a3.jpg": "not exactly one y",
    f"{_B}neckline_design_labels/n1.jpg": {"neck_style": "Sweetheart", "product_type": None},
    f"{_B}neckline_design_labels/n2.jpg": "another number of letters",
    f"{_B}neckline_design_labels/gone.jpg": "not in the folder",
    f"{_B}coat_length_labels/c1.jpg": {"label": "coat_length_labels: class 1", "sleeve_type": None},
    f"{_B}hat_labels/h1.jpg": "none of FashionAI's",
    "rank/Images/skirt_length_labels/q1.jpg": "a test picture",
    "web/Images/skirt_length_labels/s1.jpg": {"skirt_length": "Midi", "group": "s1"},
}
FASHIONPEDIA = {
    "validation/1": {
        "product_type": "dress", "sleeve_type": "Short sleeve", "skirt_length": "Mini", "neck_style": "Sweetheart",
        "group": "validation/10", "split": "validation",
    },
    "validation/4": {"product_type": "shoe", "group": "validation/10"},
    "validation/5": {"product_type": "top", "sleeve_type": None, "label": "shirt, blouse"},
    "validation/6": {"product_type": None, "label": "jacket", "sleeve_type": None},
    "validation/8": "not in the folder",
    "validation/9": "four numbers",
    "validation/10": "no size",
    "validation/11": {"product_type": "top", "neck_style": "Collared"},
    "validation/0012.jpg": "no garment",
}  # fmt: skip
HM = {
    "0108775015": {"product_type": "top", "sleeve_type": "Sleeveless", "group": "0108775", "label": "Vest top"},
    "0108775044": {"product_type": "top", "group": "0108775"},
    "0110065001": {"product_type": "dress", "sleeve_type": "Long sleeve", "skirt_length": "Mini", "neck_style": "V-Neck"},
    "0111565001": {"product_type": "shoe", "heel_type": "Block Heel"},
    "0111586001": {"product_type": "top", "sleeve_type": None},
    "0999999001": "not in the folder",
    "articles.csv: line 8": "3 fields where 10 belong",
    "images/077/0777777001.jpg": "no row in articles.csv",
}
IMATERIALIST_2017 = {
    "train/1": {"product_type": "shoe", "heel_type": "Stiletto", "sandal_style": "Slingback", "label": "shoe",
                "path": "https://shop.example/1.jpg"},
    "train/2": {"product_type": "shoe", "sandal_style": None},
    "train/3": {"product_type": "dress", "skirt_length": None, "neck_style": "Halterneck"},
    "train/4": "no URL",
    "train/77": "not listed",
}  # fmt: skip
IMATERIALIST_2018 = {
    "train/1": {"product_type": "dress", "sleeve_type": "Long sleeve", "neck_style": "V-Neck", "path": "https://c.example/1"},
    "train/2": {"product_type": "shoe", "boot_style": "Wellington boots"},
    "validation/1": {"product_type": None, "label": "Dresses; Rain Boots"},
    "validation/2": {"product_type": "top", "neck_style": "Halterneck", "sleeve_type": None},
    "validation/3": {"product_type": None, "label": "Hosiery, Stockings, Tights"},
}
KAGGLE = {
    "15970": {"product_type": "top", "sleeve_type": "Short sleeve", "neck_style": "Collared", "label": "Shirts"},
    "39386": {"product_type": "dress", "sleeve_type": None},
    "59263": {"product_type": "watch", "display_type": "Chronograph"},
    "21379": {"product_type": "shoe", "heel_type": None},
    "53759": {"product_type": "shoe", "heel_type": "Wedge"},
    "1855": {"product_type": None, "label": "Wallets"},
    "30805": "not in the folder",
    "15970 (no. 2)": "id was given before",
    "styles.csv: line 10": "fewer than 10 fields",
    "fashion-dataset/fashion-dataset/images/10000.jpg": "no row in styles.csv",
}
_Z = "ut-zap50k-images/"
UT_ZAPPOS = {
    f"{_Z}Shoes/Oxfords/Bostonian/100627.72.jpg": {"product_type": "shoe", "heel_type": "Flat", "group": "100627"},
    f"{_Z}Shoes/Oxfords/Bostonian/100627.255.jpg": {"product_type": "shoe", "group": "100627", "label": "Oxfords"},
    f"{_Z}Boots/Ankle/Miz Mooz Inc%2E/7200001.3.jpg": {"product_type": "shoe", "heel_type": None, "label": "Ankle"},
    f"{_Z}Slippers/Slipper Flats/Acorn/7300002.9.jpg": {"product_type": "shoe", "heel_type": None},
    f"{_Z}Sandals/Flat/Teva/9900000.1.jpg": "its CID is not in",
    "ut-zap50k-images-square/Shoes/Oxfords/Bostonian/100627.72.jpg": "a square copy",
    "meta-data.csv: 8800000-1": "not in the folder",
}
