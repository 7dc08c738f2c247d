-- One row is one result that is added up for one target period: pieces of one series that follow each other without
-- overlap, so that a cumulative figure and the years in it are never both counted.
with recursive chain as (

    select * from {{ ref('int_flow_piece') }}
    where is_first
    union all
    select piece.*
    from chain
    inner join {{ ref('int_flow_piece') }} as piece
        on
            chain.attainment_key = piece.attainment_key
            and chain.with_held = piece.with_held
            and chain.series = piece.series
            and chain.next_start = piece.reporting_start

)

select * from chain
