"""Writes windows.json: what scipy.signal.get_window gives for names, aliases, parameters and lengths.

    pip install scipy==1.17.1 numpy==2.4.6
"""

import json
import pathlib
import warnings

import scipy.signal

warnings.simplefilter("ignore")
PLAIN = [
    "hann", "han", "hamming", "hamm", "ham", "blackman", "black", "blk", "blackmanharris", "blackharr", "bkh", "nuttall", "nutl", "nut",
    "flattop", "flat", "flt", "bartlett", "bart", "brt", "triang", "triangle", "tri", "parzen", "parz", "par", "bohman", "bman", "bmn",
    "barthann", "brthan", "bth", "cosine", "halfcosine", "lanczos", "sinc", "boxcar", "box", "ones", "rect", "rectangular", "tukey", "tuk",
    "exponential", "poisson", "taylor", "taylorwin", "hann_periodic", "hann_symmetric", "bohman_symmetric", "bartlett_symmetric",
    "triang_symmetric", "parz_symmetric", "lanczos_symmetric", "tukey_symmetric", "barthann_symmetric", "taylor_symmetric", 4.5,
]
WITH_PARAMETERS = [
    ["kaiser", 8.6], ["ksr", 2], ["kaiser_symmetric", 4], ["gaussian", 3.5], ["gauss", 2], ["gss", 9], ["general_gaussian", 1.5, 4],
    ["general gaussian", 1, 3], ["general gauss", 0.7, 3], ["general_gauss", 2, 5], ["ggs", 2, 5], ["general_hamming", 0.6],
    ["general hamming", 0.75], ["general_cosine", [0.5, 0.4, 0.1]], ["general cosine", [1, 1.942604, 1.340318, 0.440811, 0.043097]],
    ["tukey", 0.25], ["tukey_symmetric", 0.7], ["exponential", None, 3], ["exponential", 2, 1.5], ["taylor", 6], ["taylor", 5, 40],
    ["taylor", 4, 25, False], ["taylor", 1], ["chebwin", 100], ["cheb", 45], ["chebwin_symmetric", 60], ["dpss", 1.5], ["dpss", 2.9],
    ["dpss_symmetric", 2],
]
EVEN_ONLY = [["kaiser_bessel_derived_symmetric", 4], ["kbd_symmetric", 9.5], ["kaiser bessel derived_symmetric", 0.5]]
LONG = [["dpss", 4], ["dpss", 20], ["chebwin", 120], ["taylor", 12, 60], ["kbd_symmetric", 12], "lanczos"]


def case(window, length):
    values = scipy.signal.get_window(tuple(window) if isinstance(window, list) else window, length)
    return json.dumps({"window": window, "length": length, "values": values.tolist()}, separators=(",", ":"))


cases = [case(w, n) for w in PLAIN + WITH_PARAMETERS for n in (8, 9)]
cases += [case(w, n) for w in PLAIN[:1] + WITH_PARAMETERS[:1] for n in (1, 2)] + [case(w, n) for w in EVEN_ONLY for n in (2, 8)]
cases += [case(w, 100) for w in LONG]
pathlib.Path(__file__).with_name("windows.json").write_text("[\n" + ",\n".join(cases) + "\n]\n")
