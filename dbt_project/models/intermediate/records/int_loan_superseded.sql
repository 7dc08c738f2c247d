-- One row is one loan on a list that is not the newest word on it for its reporting date.
with ranked as (

    select
        loan_key,
        row_number() over (
            partition by territory_key, period_end, contract_match_key, borrower_match_key, signed_on
            order by known_on desc, artefact asc, sheet asc, cells asc
        ) as place
    from {{ ref('int_loan') }}

)

select loan_key from ranked
where place > 1
