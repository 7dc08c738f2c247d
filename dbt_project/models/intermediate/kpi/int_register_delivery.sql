-- One row is one delivered register and one scope: all sheets of one file for one province and day, since a register
-- may be split by district.
{% set summed = [
    'n_all', 'n_active', 'n_inactive', 'n_members', 'members', 'n_workers', 'workers', 'n_capital', 'capital', 'n_good',
    'n_weak', 'n_rated', 'n_linked', 'n_high_tech', 'n_gap', 'n_ocop', 'n_founded'
] %}
{% set needed = [
    'status', 'members', 'workers', 'charter_capital_vnd', 'rating', 'linked', 'high_tech', 'gap_certified',
    'ocop_stars', 'founded_on', 'sector'
] %}
select
    artefact,
    scope,
    province_key,
    territory_key,
    period_end,
    min(file) as file,
    -- a register counts every cooperative of the province, whichever programme it was delivered under
    cast(null as string) as programme,
    min(published_on) as published_on,
    min(known_on) as known_on,
    min(report_province) as report_province,
    {{ joined('sheet', '; ', 'sheet') }} as sheet,
    {{ joined('cells', '; ', 'sheet') }} as cells,
    {% for field in needed %}
    min(has_{{ field }}) as has_{{ field }},
    {% endfor %}
    {% for number in summed %}
    sum({{ number }}) as {{ number }},
    {% endfor %}
    count(*) as sheets
from {{ ref('int_register_sheet') }}
group by artefact, scope, province_key, territory_key, period_end
