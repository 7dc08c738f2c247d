-- One row is one organisation at one reporting date, as the newest delivery tells it.
with linked as (

    select
        status.*,
        link.cooperative_key,
        link.rule as link_rule,
        row_number() over (
            partition by link.cooperative_key, status.period_end
            order by status.known_on desc, status.artefact asc, status.sheet asc, status.cells asc
        ) as choice
    from {{ ref('int_cooperative_status') }} as status
    inner join {{ ref('int_cooperative_identity') }} as identity on status.status_key = identity.status_key
    inner join {{ ref('int_cooperative_link') }} as link on identity.identity_key = link.identity_key
    where status.period_end is not null

)

select * from linked
where choice = 1
