from decimal import ROUND_HALF_UP, Decimal


def total(lines, rates, country: str = "AT") -> Decimal:
    net = sum((amount for _, amount in lines), Decimal(0))
    return (net * (1 + rates[country])).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
