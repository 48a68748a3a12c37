"""A small season: its rules, its shortest checklist, and the people of one committee with their supervisor."""

from __future__ import annotations

from decimal import Decimal

from sync.contract import records as r
from sync.domain.rules import Band, Priority, Rules, Severity

RULES = Rules(
    season=1448,
    weights={Severity.CRITICAL: 5, Severity.MAJOR: 3, Severity.MINOR: 1},
    partial_share=Decimal("0.5"),
    bands=(Band(min_percent=Decimal(90), result="conform"), Band(min_percent=Decimal(0), result="nonconform")),
    correction_hours={Severity.CRITICAL: 24, Severity.MAJOR: 72, Severity.MINOR: 168},
    case_hours={Priority.P1: 1, Priority.P2: 4, Priority.P3: 24, Priority.P4: 72},
    near_minutes=60,
    duplicate_metres=200,
    duplicate_hours=24,
)

XFORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
  xmlns:midan="https://midan.example/xforms"><h:head><h:title>t</h:title><model>
  <instance><data id="f" version="1"><exit/><water/></data></instance>
  <bind nodeset="/data/exit" type="string" required="true()" midan:code="I01" midan:severity="critical"
    midan:violation="V30"/>
  <bind nodeset="/data/water" type="string" midan:code="E11" midan:severity="minor" midan:violation="V29"/>
  </model></h:head><h:body>
  <input ref="/data/exit"><label>exit</label></input><input ref="/data/water"><label>water</label></input>
  </h:body></h:html>"""

COMMITTEE = r.Committee(id="k11", number=11, region="makkah", name_ar="لجنة مكة الأولى", name_en="Makkah committee")
INSPECTOR = r.Person(
    id="ins", name_ar="سالم الحربي", name_en="Salem", role="inspector", committee_id="k11", regions=("makkah",)
)
COLLEAGUE = r.Person(
    id="col", name_ar="ياسر الغامدي", name_en="Yasir", role="inspector", committee_id="k11", regions=("makkah",)
)
HEAD = r.Person(
    id="head", name_ar="نورة القرشي", name_en="Noura", role="committee_head", committee_id="k11", regions=("makkah",)
)
SUPERVISOR = r.Person(id="sup", name_ar="هند العتيبي", name_en="Hind", role="supervisor", regions=("makkah",))
