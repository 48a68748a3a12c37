"""Texts of a form in its languages."""

from __future__ import annotations

import pytest

import xforms
from tests.xforms.small_forms import bind, document, question, start

ITEXT = """<itext>
<translation lang="English (en)">
 <text id="lifts"><value>Lifts in <output value="/data/name"/>?</value></text>
 <text id="hint"><value>Ask the guard.</value><value form="guidance">Count those out of service too.</value></text>
 <text id="only"><value form="guidance">Only guidance.</value></text>
 <text id="wrong"><value>Answer yes or no.</value></text>
 <text id="missing"><value>An answer is needed.</value></text>
 <text id="yes"><value>Yes</value></text><text id="no"><value>No</value></text>
 <text id="english"><value>English only</value></text>
</translation>
<translation lang="Arabic (ar)" default="true()">
 <text id="lifts"><value>هل في <output value="/data/name"/> مصاعد؟</value></text>
 <text id="hint"><value>اسأل الحارس.</value><value form="guidance">عُدّ المتوقف منها أيضاً.</value></text>
 <text id="only"><value form="guidance">إرشاد فقط.</value></text>
 <text id="wrong"><value>أجب بنعم أو لا.</value></text>
 <text id="missing"><value>الإجابة مطلوبة.</value></text>
 <text id="yes"><value>نعم</value></text><text id="no"><value>لا</value></text>
</translation></itext>
<instance id="answers"><root>
<item><name>yes</name><itextId>yes</itextId></item><item><name>no</name><itextId>no</itextId></item>
</root></instance>"""
SELECT = (
    "<label ref=\"jr:itext('lifts')\"/><hint ref=\"jr:itext('hint')\"/>"
    '<itemset nodeset="instance(\'answers\')/root/item"><value ref="name"/><label ref="jr:itext(itextId)"/></itemset>'
)
BINDS = bind(
    "lifts",
    required="true()",
    constraint=". != 'no'",
    required_message="jr:itext('missing')",
    constraint_message="jr:itext('wrong')",
)
CHOSEN = bind("chosen", calculate="jr:choice-name(/data/lifts, '/data/lifts')")


@pytest.fixture
def form() -> xforms.Form:
    body = question("lifts", "select1", SELECT) + question("name", "input", "<hint ref=\"jr:itext('only')\"/>")
    return xforms.load(document("<name>الصفا</name><lifts/><chosen/>", BINDS + CHOSEN, body, ITEXT))


def test_a_form_names_its_languages_and_begins_in_its_default_one(form: xforms.Form) -> None:
    assert form.languages == ("English (en)", "Arabic (ar)")
    assert form.default_language == "Arabic (ar)"
    assert form.new().language == "Arabic (ar)"


def test_a_language_is_found_by_its_name_or_by_its_code(form: xforms.Form) -> None:
    assert form.new(language="en").language == "English (en)"
    assert form.new(language="English (en)").language == "English (en)"
    with pytest.raises(xforms.LanguageError, match="'fr'"):
        form.new(language="fr")


def test_all_texts_change_with_the_language(form: xforms.Form) -> None:
    session = form.new()
    state = session.state("/data/lifts")
    assert (state.label, state.hint) == ("هل في الصفا مصاعد؟", "اسأل الحارس.")
    assert state.guidance == "عُدّ المتوقف منها أيضاً."
    assert [choice.label for choice in state.choices] == ["نعم", "لا"]
    assert state.problem == xforms.Problem("required", "الإجابة مطلوبة.")

    changed = session.set_language("en")

    assert changed == {"/data/lifts", "/data/name"}
    state = session.state("/data/lifts")
    assert (state.label, state.hint) == ("Lifts in الصفا?", "Ask the guard.")
    assert state.guidance == "Count those out of service too."
    assert [choice.label for choice in state.choices] == ["Yes", "No"]
    assert state.problem == xforms.Problem("required", "An answer is needed.")


def test_a_constraint_message_is_in_the_language_of_the_session(form: xforms.Form) -> None:
    session = form.new(language="en")
    session.answer("/data/lifts", "no")
    assert session.problems() == (("/data/lifts", xforms.Problem("constraint", "Answer yes or no.")),)


def test_the_name_of_a_text_may_be_put_together() -> None:
    """Fixed pieces are put together once; where an answer is among them the text is looked up each time."""
    label = "<label ref=\"jr:itext(concat('lifts', ''))\"/>"
    binds = bind("lifts", constraint="false()", constraint_message="jr:itext(/data/which)")
    session = start("<name>Safa</name><lifts/><which>wrong</which>", binds, question("lifts", "input", label), ITEXT)
    session.set_language("en")
    session.answer("/data/lifts", "2")
    assert session.state("/data/lifts").label == "Lifts in Safa?"
    assert session.problems() == (("/data/lifts", xforms.Problem("constraint", "Answer yes or no.")),)
    assert "/data/lifts" in session.answer("/data/which", "missing")
    assert session.problems() == (("/data/lifts", xforms.Problem("constraint", "An answer is needed.")),)


def test_a_hint_may_be_guidance_alone(form: xforms.Form) -> None:
    state = form.new(language="en").state("/data/name")
    assert (state.hint, state.guidance) == ("", "Only guidance.")


def test_the_name_of_a_choice_in_a_calculation_follows_the_language(form: xforms.Form) -> None:
    session = form.new(language="en")
    session.answer("/data/lifts", "yes")
    assert session.state("/data/chosen").value == "Yes"
    assert "/data/chosen" in session.set_language("ar")
    assert session.state("/data/chosen").value == "نعم"


def test_a_text_that_a_language_lacks_is_shown_in_the_default_language() -> None:
    model = ITEXT.replace(' default="true()"', "")
    form = xforms.load(
        document("<name/>", "", question("name", "input", "<label ref=\"jr:itext('english')\"/>"), model)
    )
    assert form.new(language="ar").state("/data/name").label == "English only"


def test_a_text_that_no_language_has_is_refused_when_the_form_is_loaded() -> None:
    body = question("name", "input", "<label ref=\"jr:itext('nowhere')\"/>")
    with pytest.raises(xforms.FormError, match="'nowhere'") as refused:
        xforms.load(document("<name/>", "", body, ITEXT))
    assert (refused.value.code, refused.value.where) == ("unknown_text", "/data/name")


def test_a_form_without_translations_has_no_language() -> None:
    form = xforms.load(document("<name/>", "", question("name", "input", "<label>Name</label>")))
    session = form.new()
    assert (form.languages, form.default_language, session.language) == ((), "", "")
    assert session.state("/data/name").label == "Name"


def test_a_label_shows_another_picture_in_another_language() -> None:
    def texts(language: str, name: str) -> str:
        values = f'<value>{name}</value><value form="image">jr://images/{name}.jpg</value>'
        return f'<translation lang="{language}"><text id="tent">{values}</text></translation>'

    session = start(
        "<a/>",
        body=question("a", inside="<label ref=\"jr:itext('tent')\"/>"),
        model=f"<itext>{texts('ar', 'خيمة')}{texts('en', 'tent')}</itext>",
    )
    assert session.state("/data/a").media == {"image": "jr://images/خيمة.jpg"}
    assert session.set_language("en") == {"/data/a"}
    assert session.state("/data/a").media == {"image": "jr://images/tent.jpg"}
