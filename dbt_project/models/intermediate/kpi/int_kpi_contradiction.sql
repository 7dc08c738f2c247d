-- One row is one claim and the better placed claim of another origin that it contradicts for the same cell.
with claim as (

    select
        candidate.*,
        coalesce(precedence.rank, 99) as precedence,
        count(*) over (partition by candidate.artefact, candidate.origin, candidate.kpi_cell) as claims_of_document
    from {{ ref('int_kpi_result_candidates') }} as candidate
    left join {{ ref('result_precedence') }} as precedence
        on candidate.origin = precedence.origin and candidate.source_system = precedence.source_system
    where
        candidate.province_key is not null
        and candidate.value > 0
        and candidate.qualifier in ('eq', 'approx')
        and coalesce(candidate.value between candidate.plausible_low and candidate.plausible_high, true)
        and coalesce(candidate.unit_family = candidate.unit_family_expected, true)

)

select
    claim.result_key,
    claim.kpi_cell,
    claim.value,
    better.value as better_value,
    better.result_key as better_key,
    better.origin as better_origin,
    greatest(claim.value, better.value) as larger,
    cast(greatest(claim.value / better.value, better.value / claim.value) as decimal(22, 4)) as times
from claim
inner join claim as better
    on
        claim.indicator = better.indicator
        and claim.scope_key = better.scope_key
        and claim.province_key = better.province_key
        and claim.reporting_start is not distinct from better.reporting_start
        and claim.reporting_end = better.reporting_end
        and claim.programme is not distinct from better.programme
where
    claim.origin <> better.origin
    and better.precedence < claim.precedence
    -- a document that names several numbers for one cell speaks of parts of it (two schemes of one province)
    and claim.claims_of_document = 1
    and better.claims_of_document = 1
