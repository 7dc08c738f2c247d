-- One row is one row of a register that is not the newest word on its organisation and reporting date.
-- seldom: so the few columns that find them are asked first
with several as (

    select
        naming.cooperative_no,
        status.period_end
    from {{ ref('int_cooperative_status') }} as status
    inner join {{ ref('int_cooperative_naming') }} as naming on status.naming_no = naming.naming_no
    where status.period_end is not null
    group by naming.cooperative_no, status.period_end
    having count(*) > 1

),

named as (

    select
        naming.naming_no,
        several.cooperative_no,
        several.period_end
    from several
    inner join {{ ref('int_cooperative_naming') }} as naming on several.cooperative_no = naming.cooperative_no

),

ranked as (

    select
        told.status_key,
        row_number() over (
            partition by named.cooperative_no, named.period_end
            order by told.known_on desc, told.artefact asc, told.sheet asc, told.cells asc
        ) as place
    from named
    inner join {{ ref('int_cooperative_status') }} as told
        on named.naming_no = told.naming_no and named.period_end = told.period_end

)

select status_key from ranked
where place > 1
