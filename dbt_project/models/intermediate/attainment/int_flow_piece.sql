-- One row is one result that covers a part of one target period: of several that begin on one day, the longest. Where
-- a result is held the pieces are there twice: the accepted ones alone, which are added up, and all of them together,
-- which say whether the held one would have been used.
with eligible as (

    select
        target.attainment_key,
        coalesce(result.programme, '-') || '|' || result.source_system || '|' || result.origin as series,
        result.*
    from {{ ref('int_target_period') }} as target
    inner join {{ ref('int_kpi_result') }} as result
        on
            {{ may_answer('target', 'result') }}
            and target.due_from <= result.reporting_start
            and target.due_on >= result.reporting_end
    where
        target.is_measurable
        and target.basis in ('flow_over_period', 'flow_per_year')
        and (result.is_held or result.value is not null)

),

contested as (

    select distinct attainment_key from eligible
    where is_held

),

reading as (

    select
        eligible.*,
        false as with_held
    from eligible
    where not is_held
    union all
    select
        eligible.*,
        true as with_held
    from eligible
    inner join contested on eligible.attainment_key = contested.attainment_key

),

longest as (

    select
        reading.*,
        row_number() over (
            partition by attainment_key, with_held, series, reporting_start
            order by reporting_end desc, known_on desc, result_key asc
        ) as choice
    from reading

),

piece as (

    select * from longest
    where choice = 1

),

followed as (

    select
        piece.attainment_key,
        piece.with_held,
        piece.result_key,
        min(later.reporting_start) as next_start
    from piece
    inner join piece as later
        on
            piece.attainment_key = later.attainment_key
            and piece.with_held = later.with_held
            and piece.series = later.series
            and piece.reporting_end < later.reporting_start
    group by piece.attainment_key, piece.with_held, piece.result_key

)

select
    piece.attainment_key,
    piece.with_held,
    piece.series,
    piece.result_key,
    piece.programme,
    piece.origin,
    piece.source_system,
    piece.precedence,
    piece.known_on,
    piece.period_start,
    piece.period_end,
    piece.reporting_start,
    piece.reporting_end,
    piece.value,
    piece.value_high,
    piece.qualifier,
    piece.artefact,
    piece.is_held,
    piece.held_by,
    piece.held_reason_vi,
    piece.held_reason_en,
    piece.reporting_start
    = min(piece.reporting_start) over (partition by piece.attainment_key, piece.with_held, piece.series) as is_first,
    followed.next_start
from piece
left join followed
    on
        piece.attainment_key = followed.attainment_key
        and piece.with_held = followed.with_held
        and piece.result_key = followed.result_key
