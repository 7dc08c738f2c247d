-- One row is one way in which deliveries write who an organisation is, with a fingerprint of all rows that write it so.
select
    naming_no,
    count(*) as records,
    max(period_end) as last_on,
    {{ checksum_of('row_version') }} as checksum
from {{ ref('int_cooperative_status') }}
where naming_no is not null
group by naming_no
