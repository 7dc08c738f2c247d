-- One row is one original file that the release was made from.
select
    artefact,
    file,
    published_on,
    status
from {{ ref('int_artefact') }}
