//! Which machines are a customer's, said once: their own, and those of companies where they are an
//! active member. A pending membership gives nothing.

/// The ids of all machines of the customer in `$customer`: for lists, each half by its own index.
macro_rules! machines_of {
    ($customer:literal) => {
        concat!(
            "select own.id from machine_instances own where own.customer_id = ",
            $customer,
            " union
             select theirs.id
               from memberships member
               join machine_instances theirs on theirs.company_id = member.company_id
              where member.state = 'active' and member.customer_id = ",
            $customer
        )
    };
}

/// Whether the one machine `m` is the customer's: for a machine that is already found by its id.
macro_rules! machine_is_of {
    ($customer:literal) => {
        concat!(
            "(m.customer_id = ",
            $customer,
            " or m.company_id in (select member.company_id
                                    from memberships member
                                   where member.state = 'active' and member.customer_id = ",
            $customer,
            "))"
        )
    };
}

pub(crate) use {machine_is_of, machines_of};
