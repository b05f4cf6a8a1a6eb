"""Every page by the keyboard alone: each thing that takes the focus shows it, has a name, and is left again."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

PATHS = {
    "/": "#files", "/workflows": "table", "/runs": "table", "/runs/demo": "#confusion svg", "/runs/demo/clips": "table",
    "/runs/demo/clip?clip=speaker02-calm-02": ".heatmap canvas", "/compare": "table", "/compare?run=demo": "input:checked",
    "/plugins": "#search", "/plugins/feature.mfcc": "#result .plot", "/plugins/augment.pitch_shift": "#result audio",
    "/workflows/demo": "#editor[data-ready]",
}

# What has the focus: its tag, whether a ring or another frame is drawn for it, its name for a screen reader, and where it lies.
FOCUS = """
const e = document.activeElement;
if (!e || e === document.body) return null;
const ring = (one) => { const s = getComputedStyle(one); return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none'; };
const box = [...e.querySelectorAll('.box, .cell')].some((one) => parseFloat(getComputedStyle(one).strokeWidth) >= 2);
const label = e.labels?.[0];
const r = (e.matches('.hidden') && label ? label : e).getBoundingClientRect();
return {
  what: e.tagName + '#' + e.id + '.' + (e.getAttribute('class') ?? '') + ' ' + (e.textContent ?? '').trim().slice(0, 30),
  place: [...document.querySelectorAll('*')].indexOf(e),
  isArea: e.id === 'text',
  // A player's own buttons lie out of reach; the browser draws their rings.
  hasRing: e.tagName === 'AUDIO' || ring(e) || box || (e.matches('.hidden') && label && ring(label)) || (e.closest('.editor') && ring(e.closest('.editor'))),
  isNamed: Boolean(e.getAttribute('aria-label') || e.labels?.length || (e.textContent ?? '').trim() || e.title
    || e.getAttribute('aria-labelledby') || e.querySelector('title')),
  isSeen: r.width > 0 && r.bottom > 0 && r.top < innerHeight,
};
"""


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_walked_through(studio, browser, path):
    browser.driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
    browser.open(studio(path))
    browser.wait_for(PATHS[path])
    seen = []
    for _ in range(40):
        keys = [Keys.ESCAPE, Keys.TAB] if seen and seen[-1]["isArea"] else [Keys.TAB]
        ActionChains(browser.driver).send_keys(*keys).perform()
        at = browser.driver.execute_script(FOCUS)
        if at is None:
            break
        seen.append(at)
    # The way past the header comes first.
    assert "skip" in seen[0]["what"] and len(seen) >= 7
    assert [one["what"] for one in seen if not one["hasRing"]] == []
    assert [one["what"] for one in seen if not one["isNamed"]] == []
    assert [one["what"] for one in seen if not one["isSeen"]] == []
    # Nothing holds the focus fast.
    assert all(a["place"] != b["place"] or "AUDIO" in a["what"] for a, b in zip(seen, seen[1:]))


def test_escape_closes(studio, browser):
    browser.open(studio("/runs"))
    box = browser.find("input[name=run]")
    box.send_keys(Keys.SPACE)
    browser.find("[data-remove]").send_keys(Keys.ENTER)
    browser.wait(lambda: browser.find("#sure").is_displayed())
    browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    browser.wait(lambda: not browser.find("#sure").is_displayed())
    assert (studio.workspace / "runs/demo").exists()
    browser.open(studio("/workflows"))
    browser.find("#new").send_keys(Keys.ENTER)
    assert browser.driver.switch_to.active_element.get_attribute("id") == "create-name"
    browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not browser.find("#create").is_displayed()
    assert browser.driver.switch_to.active_element.get_attribute("id") == "new"
