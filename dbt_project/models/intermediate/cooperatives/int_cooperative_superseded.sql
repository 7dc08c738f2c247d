-- One row is one row of a register that is not the newest word on its organisation and reporting date.
with told as (

    select
        status.status_key,
        status.known_on,
        status.artefact,
        status.sheet,
        status.cells,
        status.period_end,
        naming.cooperative_no
    from {{ ref('int_cooperative_status') }} as status
    inner join {{ ref('int_cooperative_naming') }} as naming on status.naming_no = naming.naming_no
    where status.period_end is not null

),

-- seldom: so the few columns that find them are asked first
several as (

    select
        cooperative_no,
        period_end
    from told
    group by cooperative_no, period_end
    having count(*) > 1

),

ranked as (

    select
        told.status_key,
        row_number() over (
            partition by told.cooperative_no, told.period_end
            order by told.known_on desc, told.artefact asc, told.sheet asc, told.cells asc
        ) as place
    from told
    inner join several on told.cooperative_no = several.cooperative_no and told.period_end = several.period_end

)

select status_key from ranked
where place > 1
