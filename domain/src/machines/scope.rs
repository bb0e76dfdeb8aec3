//! Which machines are a customer's, said once: their own, those of companies where they are an
//! active member, and those that they may see as a guest. What is pending gives nothing.

/// The ids of all machines of the customer in `$customer`: for lists, each part by its own index.
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
            $customer,
            " union
             select guest.machine_id from machine_guests guest
              where guest.state = 'active' and guest.customer_id = ",
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
            ") or m.id in (select guest.machine_id from machine_guests guest
                            where guest.state = 'active' and guest.customer_id = ",
            $customer,
            "))"
        )
    };
}

pub(crate) use {machine_is_of, machines_of};
