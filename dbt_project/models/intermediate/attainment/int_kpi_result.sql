-- One row is one claim about a result as the gate judged it: a held one has no value.
{# A view: it is wide, and the candidates are written down already. #}
{{ config(materialized='view') }}
select
    candidate.result_key,
    candidate.kpi_cell,
    candidate.programme,
    candidate.indicator,
    candidate.scope,
    candidate.scope_note,
    candidate.scope_key,
    candidate.province_key,
    candidate.territory_key,
    candidate.geography,
    candidate.geography_level,
    candidate.measure,
    candidate.period_start,
    candidate.period_end,
    candidate.reporting_start,
    candidate.reporting_end,
    candidate.qualifier,
    cast(case when hold.subject_key is null then candidate.value end as decimal(22, 4)) as value,
    cast(case when hold.subject_key is null then candidate.value_high end as decimal(22, 4)) as value_high,
    cast(case when hold.subject_key is null then candidate.numerator end as decimal(22, 4)) as numerator,
    cast(case when hold.subject_key is null then candidate.denominator end as decimal(22, 4)) as denominator,
    candidate.unit,
    candidate.origin,
    candidate.source_system,
    coalesce(precedence.rank, 99) as precedence,
    candidate.published_on,
    candidate.known_on,
    candidate.artefact,
    candidate.file,
    candidate.sheet,
    candidate.cells,
    candidate.quote,
    candidate.span_start,
    candidate.span_end,
    candidate.sentence,
    candidate.computation_vi,
    candidate.computation_en,
    candidate.rows_counted,
    candidate.input_keys,
    hold.subject_key is not null as is_held,
    hold.held_by,
    hold.held_reason_vi,
    hold.held_reason_en
from {{ within_database(ref('int_kpi_result_candidates')) }} as candidate
left join {{ within_database(ref('int_kpi_hold')) }} as hold on candidate.result_key = hold.subject_key
left join {{ within_database(ref('result_precedence')) }} as precedence
    on candidate.origin = precedence.origin and candidate.source_system = precedence.source_system
where
    candidate.result_key not in (
        select left_out.result_key from {{ within_database(ref('int_growth_left_out')) }} as left_out
    )
