"""What a call costs, by the prices that the package genai-prices brings."""

from __future__ import annotations


def call_cost(
    model: str,
    address: str,
    *,
    input_tokens: int,
    output_tokens: int,
    cached_tokens: int = 0,
    written_tokens: int = 0,
) -> float | None:
    """The price of one call, in US dollars, or ``None`` where it is not known.

    Nobody is asked for it: prices are those that were bundled with the installed genai-prices.

    :param model: As the vendor named it in its answer.
    :param address: Where the call went: the same model may have another price at another vendor,
        and none on a machine of one's own.
    :param input_tokens: All tokens sent, those among them too that follow.
    :param output_tokens: All tokens received, a model's thinking too.
    :param cached_tokens: Read from the vendor's cache.
    :param written_tokens: Written to it.
    """
    from genai_prices import Usage, calc_price

    try:
        price = calc_price(
            Usage(
                input_tokens=input_tokens,
                output_tokens=output_tokens,
                cache_read_tokens=cached_tokens,
                cache_write_tokens=written_tokens,
            ),
            model,
            provider_api_url=address,
        )
    except (LookupError, ValueError):
        # ValueError: counts that cannot be right, as more tokens from the cache than were sent.
        return None
    return float(price.total_price)
