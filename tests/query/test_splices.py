from goatcore.query import Insert, Move, Remove, Update, replay


def test_splices_are_applied_strictly_in_order():
    splices = [Insert(0, "x"), Remove(3, "c"), Move(0, 2, "x"), Update(1, "b")]
    assert replay(["a", "b", "c"], splices) == ["a", "b", "x"]


def test_a_move_counts_its_target_without_the_row():
    assert replay(["a", "b", "c"], [Move(0, 2, "a")]) == ["b", "c", "a"]


def test_replay_leaves_the_given_rows_alone():
    rows = ["a"]
    replay(rows, [Remove(0, rows[0])])
    assert rows == ["a"]
