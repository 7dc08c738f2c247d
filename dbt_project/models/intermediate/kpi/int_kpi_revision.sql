-- One row is one claim that revises a claim of the same series, cell and origin from an earlier delivery.
with claim as (

    select
        candidate.*,
        lag(candidate.value) over series as value_before,
        lag(candidate.known_on) over series as known_before
    from {{ ref('int_kpi_result_candidates') }} as candidate
    where candidate.province_key is not null and candidate.value is not null and candidate.unit_family = 'count'
    window series as (
        partition by
            candidate.programme, candidate.indicator, candidate.scope_key, candidate.province_key,
            candidate.reporting_start, candidate.reporting_end, candidate.origin, candidate.source_system
        order by candidate.known_on asc, candidate.result_key asc
    )

)

select
    result_key,
    kpi_cell,
    value,
    value_before,
    cast(value / value_before as decimal(22, 4)) as ratio
from claim
where value_before >= 4 and known_on > known_before
