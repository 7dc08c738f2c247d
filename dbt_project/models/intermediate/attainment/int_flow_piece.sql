-- One row is one result that covers a part of one target period: of several that begin on one day, the longest.
with eligible as (

    select
        target.attainment_key,
        coalesce(result.programme, '-') || '|' || result.source_system || '|' || result.origin as series,
        result.*,
        row_number() over (
            partition by
                target.attainment_key, result.programme, result.source_system, result.origin, result.reporting_start
            order by result.reporting_end desc, result.known_on desc, result.result_key asc
        ) as choice
    from {{ ref('int_target_period') }} as target
    inner join {{ ref('int_kpi_result') }} as result
        on
            {{ may_answer('target', 'result') }}
            and target.due_from <= result.reporting_start
            and target.due_on >= result.reporting_end
    where
        target.is_measurable
        and target.basis in ('flow_over_period', 'flow_per_year')
        and not result.is_held
        and result.value is not null

),

piece as (

    select * from eligible
    where choice = 1

),

followed as (

    select
        piece.attainment_key,
        piece.result_key,
        min(later.reporting_start) as next_start
    from piece
    inner join piece as later
        on
            piece.attainment_key = later.attainment_key
            and piece.series = later.series
            and piece.reporting_end < later.reporting_start
    group by piece.attainment_key, piece.result_key

)

select
    piece.attainment_key,
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
    piece.reporting_start
    = min(piece.reporting_start) over (partition by piece.attainment_key, piece.series) as is_first,
    followed.next_start
from piece
left join followed
    on piece.attainment_key = followed.attainment_key and piece.result_key = followed.result_key
