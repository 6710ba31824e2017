from robustfashion.data.refusals import reasons_in_lines


def test_most_frequent_reasons_first_and_numbers_aside():
    refused = [("x\n.jpg", "zero bytes")] + [(f"{k}.jpg", f"line {k}: names the same image as line {k - 1}") for k in range(3, 9)]
    assert reasons_in_lines(refused) == [
        "refused: 6, such as 3.jpg: line 3: names the same image as line 2", "refused: x\\n.jpg: zero bytes",
    ]  # fmt: skip
    assert reasons_in_lines(refused, most=1)[1] == "refused: 1 for 1 other reasons"
    assert reasons_in_lines([]) == []
