"""The Bessel function of the first kind and order one by the rational approximations that ImageMagick and TwelveMonkeys use.

Source: Hart et al., "Computer Approximations" (1968), JONE 6045, PONE 6747 and QONE 6947. It differs from better functions in
the fourteenth digit, which decides on which side of a half a pixel falls; hence this one.
"""

from collections.abc import Sequence
from math import cos, pi, sin, sqrt

# Coefficients of even powers, the lowest first: numerator and denominator.
_NEAR = (
    (
        0.581199354001606143928050809e21, -0.6672106568924916298020941484e20, 0.2316433580634002297931815435e19,
        -0.3588817569910106050743641413e17, 0.2908795263834775409737601689e15, -0.1322983480332126453125473247e13,
        0.3413234182301700539091292655e10, -0.4695753530642995859767162166e7, 0.270112271089232341485679099e4,
    ),
    (
        0.11623987080032122878585294e22, 0.1185770712190320999837113348e20, 0.6092061398917521746105196863e17,
        0.2081661221307607351240184229e15, 0.5243710262167649715406728642e12, 0.1013863514358673989967045588e10,
        0.1501793594998585505921097578e7, 0.1606931573481487801970916749e4, 1.0,
    ),
)  # fmt: skip
_FAR_COSINE = (
    (
        0.352246649133679798341724373e5, 0.62758845247161281269005675e5, 0.313539631109159574238669888e5,
        0.49854832060594338434500455e4, 0.2111529182853962382105718e3, 0.12571716929145341558495e1,
    ),
    (
        0.352246649133679798068390431e5, 0.626943469593560511888833731e5, 0.312404063819041039923015703e5,
        0.4930396490181088979386097e4, 0.2030775189134759322293574e3, 1.0,
    ),
)  # fmt: skip
_FAR_SINE = (
    (
        0.3511751914303552822533318e3, 0.7210391804904475039280863e3, 0.4259873011654442389886993e3,
        0.831898957673850827325226e2, 0.45681716295512267064405e1, 0.3532840052740123642735e-1,
    ),
    (
        0.74917374171809127714519505e4, 0.154141773392650970499848051e5, 0.91522317015169922705904727e4,
        0.18111867005523513506724158e4, 0.1038187585462133728776636e3, 1.0,
    ),
)  # fmt: skip


def bessel_j1(x: float) -> float:
    """J1(x), each operation in the order in which TwelveMonkeys rounds it."""
    distance = abs(x)
    if distance < 8:
        return x * _ratio(_NEAR, distance)
    cosine = 1 / sqrt(2.0) * (sin(distance) - cos(distance))
    sine = -1 / sqrt(2.0) * (sin(distance) + cos(distance))
    near, far = _ratio(_FAR_COSINE, 8.0 / distance), 8.0 / distance * _ratio(_FAR_SINE, 8.0 / distance)
    value = sqrt(2.0 / (pi * distance)) * (near * cosine - far * sine)
    return -value if x < 0 else value


def _ratio(coefficients: tuple[Sequence[float], Sequence[float]], x: float) -> float:
    numerator, denominator = coefficients[0][-1], coefficients[1][-1]
    for above, below in zip(coefficients[0][-2::-1], coefficients[1][-2::-1], strict=True):
        numerator = numerator * x * x + above
        denominator = denominator * x * x + below
    return numerator / denominator
