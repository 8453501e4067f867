"""A new module for an author to fill: its file, one lesson with blocks to write over, an empty quiz."""

import re
from pathlib import Path

_MODULE = """id: {code}-{short}
title: {{vi: "{title}", en: "{title}"}}
hours: 1
outcomes:
  - {{vi: "Làm được một việc quan sát được.", en: "Do something that can be watched."}}
lessons: [01-bai-mot.md]
quiz: quiz.yaml
"""
_LESSON = """---
id: {code}-{short}-l1
title: {{vi: "Bài một", en: "Lesson one"}}
summary: {{vi: "Một câu: người học làm được gì sau bài.", en: "One sentence: what can be done after it."}}
outcomes:
  - {{vi: "Làm được một việc quan sát được.", en: "Do something that can be watched."}}
minutes: 6
sources:
  - {{title: "Ghi mã trong content/can-cu.yaml thay cho dòng này", kind: law}}
---

:::tình-huống dựng Tên tình huống
Ai, ở đâu, việc gì đang xảy ra, phải quyết điều gì.
:::

:::tự-làm 5 phút
Người học làm gì trước khi đọc tiếp?
---
Lời giải, và vì sao.
:::

## Mục thứ nhất

Viết ở đây. Cách viết từng khối: docs/authoring.md.

:::ghi-nhớ
Một câu để nhớ.
:::
"""
_QUIZ = """id: {code}-{short}-quiz
title: {{vi: "Kiểm tra: {title}", en: "Quiz: {title}"}}
pass_percent: 70
attempts: 3
questions:
  - id: {code}-{short}-q01
    kind: true_false
    prompt: "Một nhận định để xét đúng hay sai."
    answer: true
    explanations: {{true: "Vì sao đúng.", false: "Vì sao không sai."}}
    explanation: "Điều người học nên giữ lại."
    lesson: {code}-{short}-l1
"""


def new_module(root: Path, code: str, module: str, title: str) -> list[Path]:
    """Write a module's folder and return its files.

    :raises ValueError: a name that folders of courses do not have, or a folder that is there
    """
    if not re.fullmatch(r"[A-D][0-9](\.[0-9]{1,2})?", code):
        raise ValueError(f"a course such as B1 or A2.1, not {code}")
    if not re.fullmatch(r"m[0-9]{1,2}-[a-z0-9-]{2,50}", module):
        raise ValueError(f"a module such as m2-do-thi, not {module}")
    folder = root / "content" / code / module
    if folder.exists():
        raise ValueError(f"{folder.relative_to(root)} is there already")
    words = {"code": code.lower().replace(".", ""), "short": module.partition("-")[0], "title": title.replace('"', "”")}
    made = []
    for name, text in (("module.yaml", _MODULE), ("01-bai-mot.md", _LESSON), ("quiz.yaml", _QUIZ)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(**words), "utf-8")
        made.append(path)
    return made
