"""What the editor's acts teach, and when they begin to."""

import time

from digest.choosing.learning import ENOUGH, Label, learn


def labels(count: int, chapter: str = "pharma") -> list[Label]:
    kept = [Label(chapter, f"中药指导原则第{n}号的通告", kept=True) for n in range(count // 2)]
    left = [Label(chapter, f"体育比赛第{n}场的消息", kept=False) for n in range(count // 2)]
    return kept + left


def test_nothing_is_learned_from_a_few_labels() -> None:
    assert learn(labels(ENOUGH - 2)).points("pharma", "中药指导原则的通告") == 0.0


def test_what_was_wanted_scores_higher_and_what_was_not_lower() -> None:
    taught = learn(labels(ENOUGH))
    assert taught.points("pharma", "中药指导原则的通告") > 0.2
    assert taught.points("pharma", "体育比赛的消息") < -0.2


def test_the_weight_grows_with_the_number_of_labels() -> None:
    few, many = (learn(labels(count)).points("pharma", "中药指导原则") for count in (20, 200))
    assert 0 < few < many


def test_a_chapter_with_few_labels_leans_on_the_others() -> None:
    taught = learn([*labels(60), *labels(4, "ip")])
    assert taught.points("ip", "中药指导原则") > 0


def test_a_weak_word_weighs_less() -> None:
    strong = labels(200)
    weak = [Label(one.chapter, one.title, one.kept, 0.1) for one in strong]
    title = "中药指导原则的通告"
    assert 0 < learn(weak).points("pharma", title) < learn(strong).points("pharma", title)


def test_a_hundred_thousand_labels_are_learned_in_seconds() -> None:
    many = [
        Label("pharma", f"关于开展第{n}项中药新药研发与申报工作的通知", n % 9 == 0, 0.1)
        for n in range(95_000)
    ]
    many += [Label("ip", f"关于印发第{n}号专利办法的通知", n % 2 == 0) for n in range(5_000)]
    began = time.process_time()
    learn(many)
    # Under two where nothing else runs.
    assert time.process_time() - began < 6
